import type { Core } from '../../../core.ts'
import { showGrantKeys } from '../../../domain/grant-keys/read.ts'
import { rotateGrantKey } from '../../../domain/grant-keys/rotate.ts'
import type { Handlers } from '../handlers.ts'

export function grantKeyHandlers(core: Core) {
  return {
    'grantKeys.show': ({ actor }) => showGrantKeys(core, actor),
    'grantKeys.rotate': ({ actor, body }) => rotateGrantKey(core, actor, body),
  } satisfies Partial<Handlers>
}
