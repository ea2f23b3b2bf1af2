import type { Core } from '../../../core.ts'
import { placeLegalHold } from '../../../domain/legal-holds/place.ts'
import { listLegalHolds, showLegalHold } from '../../../domain/legal-holds/read.ts'
import { releaseLegalHold } from '../../../domain/legal-holds/release.ts'
import type { Handlers } from '../handlers.ts'

export function legalHoldHandlers(core: Core) {
  return {
    'legalHolds.list': ({ actor, query }) => listLegalHolds(core, actor, query),
    async 'legalHolds.create'({ actor, body, reply }) {
      const { hold, created } = await placeLegalHold(core, actor, body)
      reply.code(created ? 201 : 200)
      return hold
    },
    'legalHolds.show': ({ actor, params }) => showLegalHold(core, actor, params.id),
    'legalHolds.release': ({ actor, params }) => releaseLegalHold(core, actor, params.id),
  } satisfies Partial<Handlers>
}
