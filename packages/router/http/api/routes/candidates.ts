import type { Core } from '../../../core.ts'
import { decideCandidate, listCandidates, showCandidate } from '../../../domain/enrollment/candidates.ts'
import type { Handlers } from '../handlers.ts'

export function candidateHandlers(core: Core) {
  return {
    'candidates.list': ({ actor, query }) => listCandidates(core, actor, query),
    'candidates.show': ({ actor, params }) => showCandidate(core, actor, params.id),
    'candidates.approve': ({ actor, params, body }) =>
      decideCandidate(core, actor, params.id, { to: 'approved', ...body }),
    'candidates.reject': ({ actor, params, body }) =>
      decideCandidate(core, actor, params.id, { to: 'rejected', ...body }),
  } satisfies Partial<Handlers>
}
