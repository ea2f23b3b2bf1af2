import type { Core } from '../../../core.ts'
import { createLink, listLinks, revokeLink } from '../../../domain/approval-links/links.ts'
import type { Handlers } from '../handlers.ts'

export function approvalLinkHandlers(core: Core) {
  return {
    'approvalLinks.list': ({ actor, query }) => listLinks(core, actor, query),
    'approvalLinks.create': ({ actor, body }) => createLink(core, actor, body),
    'approvalLinks.revoke': ({ actor, params }) => revokeLink(core, actor, params.id),
  } satisfies Partial<Handlers>
}
