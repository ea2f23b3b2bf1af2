import type { Core } from '../../../core.ts'
import { createJoinKey } from '../../../domain/join-keys/create.ts'
import { listJoinKeys, showJoinKey } from '../../../domain/join-keys/read.ts'
import { revokeJoinKey } from '../../../domain/join-keys/revoke.ts'
import type { Handlers } from '../handlers.ts'

export function joinKeyHandlers(core: Core) {
  return {
    'joinKeys.list': ({ actor, query }) => listJoinKeys(core, actor, query),
    'joinKeys.create': ({ actor, body }) => createJoinKey(core, actor, body),
    'joinKeys.show': ({ actor, params }) => showJoinKey(core, actor, params.id),
    'joinKeys.revoke': ({ actor, params }) => revokeJoinKey(core, actor, params.id),
  } satisfies Partial<Handlers>
}
