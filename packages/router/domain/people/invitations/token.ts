// The token of an invitation is shown once; the record has its hash.
import { randomBytes } from 'node:crypto'
import { sha256 } from '@xerotier/runtime/digest.ts'

const prefix = 'xinv_'
const pattern = /^xinv_[A-Za-z0-9_-]{43}$/

export function newInvitationToken(): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** Undefined for what cannot be a token. */
export function invitationTokenHash(token: string): Buffer | undefined {
  return pattern.test(token) ? sha256(Buffer.from(token)) : undefined
}
