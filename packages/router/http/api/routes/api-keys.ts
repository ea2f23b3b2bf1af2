import type { Core } from '../../../core.ts'
import { revokeApiKey, rotateApiKey, setIpFilter, setQuota } from '../../../domain/api-keys/change.ts'
import { createApiKey } from '../../../domain/api-keys/create.ts'
import { listApiKeys, showApiKey } from '../../../domain/api-keys/read.ts'
import type { Handlers } from '../handlers.ts'

export function apiKeyHandlers(core: Core) {
  return {
    'apiKeys.list': ({ principal, query }) => listApiKeys(core, principal, query),
    'apiKeys.create': ({ principal, body }) => createApiKey(core, principal, body),
    'apiKeys.show': ({ principal, params }) => showApiKey(core, principal, params.id),
    'apiKeys.revoke': ({ principal, params }) => revokeApiKey(core, principal, params.id),
    'apiKeys.rotate': ({ principal, params }) => rotateApiKey(core, principal, params.id),
    'apiKeys.ipFilter': ({ principal, params, body }) => setIpFilter(core, principal, params.id, body),
    'apiKeys.quota': ({ principal, params, body }) => setQuota(core, principal, params.id, body),
  } satisfies Partial<Handlers>
}
