// One secret that the browser holds on its way to the provider and back. All else follows from it,
// so that the record has nothing with which somebody else could come back.
import { createHmac, randomBytes } from 'node:crypto'
import { sha256 } from '@xerotier/runtime/digest.ts'

export interface Secrets {
  state: string
  nonce: string
  /** Of PKCE (RFC 7636). */
  verifier: string
}

export function newLoginSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function secretsOf(secret: string): Secrets {
  const of = (purpose: string) => createHmac('sha256', secret).update(`oidc ${purpose}`).digest('base64url')
  return { state: of('state'), nonce: of('nonce'), verifier: of('verifier') }
}

/** Of which the record knows that nobody has come back with it. */
export function loginHash(secret: string): Buffer {
  return sha256(Buffer.from(secret))
}
