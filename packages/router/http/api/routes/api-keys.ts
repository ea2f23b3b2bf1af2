import type { Core } from '../../../core.ts'
import { revokeApiKey, rotateApiKey, setIpFilter, setQuota, setWorkspaces } from '../../../domain/api-keys/change.ts'
import { createApiKey } from '../../../domain/api-keys/create.ts'
import { listApiKeys, showApiKey } from '../../../domain/api-keys/read.ts'
import type { Handlers } from '../handlers.ts'

export function apiKeyHandlers(core: Core) {
  return {
    'apiKeys.list': ({ actor, query }) => listApiKeys(core, actor, query),
    'apiKeys.create': ({ actor, body }) => createApiKey(core, actor, body),
    'apiKeys.show': ({ actor, params }) => showApiKey(core, actor, params.id),
    'apiKeys.revoke': ({ actor, params }) => revokeApiKey(core, actor, params.id),
    'apiKeys.rotate': ({ actor, params }) => rotateApiKey(core, actor, params.id),
    'apiKeys.ipFilter': ({ actor, params, body }) => setIpFilter(core, actor, params.id, body),
    'apiKeys.quota': ({ actor, params, body }) => setQuota(core, actor, params.id, body),
    'apiKeys.workspaces': ({ actor, params, body }) => setWorkspaces(core, actor, params.id, body),
  } satisfies Partial<Handlers>
}
