import type { Core } from '../../../core.ts'
import { createJoinKey } from '../../../domain/join-keys/create.ts'
import { listJoinKeys, showJoinKey } from '../../../domain/join-keys/read.ts'
import { revokeJoinKey } from '../../../domain/join-keys/revoke.ts'
import type { Handlers } from '../handlers.ts'

export function joinKeyHandlers(core: Core) {
  return {
    'joinKeys.list': ({ principal, query }) => listJoinKeys(core, principal, query),
    'joinKeys.create': ({ principal, body }) => createJoinKey(core, principal, body),
    'joinKeys.show': ({ principal, params }) => showJoinKey(core, principal, params.id),
    'joinKeys.revoke': ({ principal, params }) => revokeJoinKey(core, principal, params.id),
  } satisfies Partial<Handlers>
}
