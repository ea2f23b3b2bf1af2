import type { Core } from '../../../core.ts'
import { decideApproval } from '../../../domain/approvals/decide.ts'
import { decideSeveral } from '../../../domain/approvals/decide-several.ts'
import { listApprovals } from '../../../domain/approvals/list.ts'
import { recommend } from '../../../domain/approvals/recommend.ts'
import { reviewApproval } from '../../../domain/approvals/review.ts'
import { showApproval } from '../../../domain/approvals/show.ts'
import { standingOn } from '../../../domain/approvals/standing.ts'
import { streamApprovals } from '../../../domain/approvals/stream.ts'
import { lastEventIdOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import type { Handlers } from '../handlers.ts'

export function approvalHandlers(core: Core, streams: Streams) {
  return {
    'approvals.list': ({ actor, query }) => listApprovals(core, actor, query),
    'approvals.stream': async ({ actor, admission, query, request, reply }) => {
      const start = await streamApprovals(core, actor, query, lastEventIdOf(request))
      return streams.serve(admission, request, reply, start)
    },
    'approvals.show': ({ actor, params }) => showApproval(core, actor, params.id),
    'approvals.standing': ({ actor, params }) => standingOn(core, actor, params.id),
    'approvals.approve': ({ actor, params, body }) => decideApproval(core, actor, params.id, 'approve', body),
    'approvals.reject': ({ actor, params, body }) => decideApproval(core, actor, params.id, 'reject', body),
    'approvals.decide': ({ actor, body }) => decideSeveral(core, actor, body),
    'approvals.withdraw': ({ actor, params, body }) => decideApproval(core, actor, params.id, 'withdraw', body),
    'approvals.recommend': ({ actor, params, body }) => recommend(core, actor, params.id, body),
    'approvals.breakGlass': ({ actor, params, body: { reason, ...body } }) =>
      decideApproval(core, actor, params.id, 'break_glass', { ...body, note: reason }),
    'approvals.review': ({ actor, params, body }) => reviewApproval(core, actor, params.id, body),
  } satisfies Partial<Handlers>
}
