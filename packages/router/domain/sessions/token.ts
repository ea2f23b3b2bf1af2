// What a browser holds. The record has hashes, and a token is worth nothing once it is read there.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256 } from '@xerotier/runtime/digest.ts'

const forms = {
  session: { prefix: 'xses_', pattern: /^xses_[A-Za-z0-9_-]{43}$/ },
  loginLink: { prefix: 'xlgn_', pattern: /^xlgn_[A-Za-z0-9_-]{43}$/ },
} as const
type Form = keyof typeof forms

export function newToken(form: Form): string {
  return forms[form].prefix + randomBytes(32).toString('base64url')
}

/** Undefined for what cannot be one. */
export function tokenHash(form: Form, token: string): Buffer | undefined {
  return forms[form].pattern.test(token) ? sha256(Buffer.from(token)) : undefined
}

/**
 * What a page sends with each request besides the cookie. It follows from the session's token,
 * which no script can read, so that another site cannot know it and no other session has it.
 */
export function csrfToken(sessionToken: string): string {
  return createHash('sha256').update(`csrf ${sessionToken}`).digest('base64url')
}

export function isCsrfToken(sessionToken: string, said: unknown): boolean {
  const wanted = Buffer.from(csrfToken(sessionToken))
  const given = Buffer.from(typeof said === 'string' ? said : '')
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}
