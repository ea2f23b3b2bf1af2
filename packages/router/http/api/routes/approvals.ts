import type { Core } from '../../../core.ts'
import { decideApproval } from '../../../domain/approvals/decide.ts'
import { listApprovals } from '../../../domain/approvals/list.ts'
import { showApproval } from '../../../domain/approvals/show.ts'
import { streamApprovals } from '../../../domain/approvals/stream.ts'
import { lastEventIdOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import type { Handlers } from '../handlers.ts'

export function approvalHandlers(core: Core, streams: Streams) {
  return {
    'approvals.list': ({ principal, query }) => listApprovals(core, principal, query),
    'approvals.stream': async ({ principal, query, request, reply }) => {
      const start = await streamApprovals(core, principal, query, lastEventIdOf(request))
      return streams.serve(principal.projectId, request, reply, start)
    },
    'approvals.show': ({ principal, params }) => showApproval(core, principal, params.id),
    'approvals.approve': ({ principal, params, body }) => decideApproval(core, principal, params.id, 'approve', body),
    'approvals.reject': ({ principal, params, body }) => decideApproval(core, principal, params.id, 'reject', body),
  } satisfies Partial<Handlers>
}
