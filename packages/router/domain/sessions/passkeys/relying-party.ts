// Where passkeys are good: an authenticator signs the origin of the page, and keeps a passkey for
// its host. Both follow from where people reach this router, never from what a request says.
import { isIP } from 'node:net'
import { Fault } from '@xerotier/protocol/errors.ts'

export interface RelyingParty {
  id: string
  origin: string
}

/** `publicUrl` of the router. */
export interface PublicPlace {
  /** Where people reach the router, without a slash at the end. */
  publicUrl(): string
}

/**
 * Browsers make passkeys for names alone, over TLS, and for this machine by the name `localhost`
 * (https://www.w3.org/TR/webauthn-3/#relying-party-identifier).
 * @returns undefined where there can be none
 */
export function relyingPartyAt(publicUrl: string): RelyingParty | undefined {
  const url = URL.parse(publicUrl)
  if (url === null) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '127.0.0.1' || host === '::1') url.hostname = 'localhost'
  else if (isIP(host) !== 0) return undefined
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost')
  if (url.protocol !== 'https:' && !isLocal) return undefined
  return { id: url.hostname, origin: url.origin }
}

/** @throws Fault passkeys_unavailable */
export function relyingPartyOf({ publicUrl }: PublicPlace): RelyingParty {
  const found = relyingPartyAt(publicUrl())
  if (found === undefined) throw new Fault('passkeys_unavailable')
  return found
}
