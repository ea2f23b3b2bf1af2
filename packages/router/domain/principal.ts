import type { Scope } from '@xerotier/protocol/api/scopes.ts'

/** Who asks: an API key, as authentication found it. */
export interface Principal {
  /** `key_…`; the actor of every event it causes. */
  keyId: string
  name: string
  projectId: string
  projectSlug: string
  scopes: readonly Scope[]
}
