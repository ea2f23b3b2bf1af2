// Passkeys: what the router asks of an authenticator, and what that says. Browsers read and write
// both as JSON themselves (https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON).
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { AddedPasskey, Passkey, PasskeyList, ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'
import { ask } from './session.ts'

const path = 'api/passkeys'
const one = (id: string) => `${path}/${encodeURIComponent(id)}`

/** Somebody closed what the browser showed, let its time run out, or has no such passkey. */
export class GaveUp extends Error {}
/** The browser is older than passkeys in JSON. */
export class TooOld extends Error {}

/** @throws GaveUp, TooOld */
async function fromAuthenticator(
  asking: () => Promise<Credential | null>,
): Promise<{ json: unknown; transports: string[] }> {
  if (!('PublicKeyCredential' in globalThis) || !('parseRequestOptionsFromJSON' in PublicKeyCredential))
    throw new TooOld('no passkeys in JSON')
  try {
    const shown = await asking()
    if (!(shown instanceof PublicKeyCredential)) throw new GaveUp('nothing was shown')
    const { response } = shown
    const transports = response instanceof AuthenticatorAttestationResponse ? response.getTransports() : []
    return { json: shown.toJSON(), transports }
  } catch (error) {
    const isOwnWill = error instanceof DOMException && /^(?:NotAllowed|Abort)Error$/.test(error.name)
    throw isOwnWill ? new GaveUp('nothing was shown', { cause: error }) : error
  }
}

/** Shown by an authenticator to whom the router asks. @throws GaveUp, TooOld */
export async function showPasskey(begin = 'api/login/passkey/begin', about: object = {}): Promise<ShownPasskey> {
  const { options } = await ask<{ options: PublicKeyCredentialRequestOptionsJSON }>('POST', begin, about)
  const { json } = await fromAuthenticator(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  )
  // As the browser writes it; the router reads it with a schema.
  return json as ShownPasskey
}

/** @throws GaveUp, TooOld */
export async function addPasskey(name: string): Promise<AddedPasskey> {
  const { options } = await ask<{ options: PublicKeyCredentialCreationOptionsJSON }>('POST', `${path}/begin`, {})
  const { json: response, transports } = await fromAuthenticator(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  )
  return ask('POST', path, { name, transports, response })
}

/**
 * Confirmed by an authenticator over exactly this: the router asks it to sign the digest.
 * @throws GaveUp, TooOld
 */
export async function approveWithPasskey(
  id: string,
  body: { digest: string; note?: string; confirm?: string },
): Promise<Approval> {
  const way = `api/approvals/${encodeURIComponent(id)}/approve`
  const passkey = await showPasskey(`${way}/begin`, { digest: body.digest })
  return ask('POST', way, { ...body, passkey })
}

/** That it is still they who are in. @throws GaveUp, TooOld */
export async function proveByPasskey(): Promise<void> {
  await ask('POST', 'api/fresh', { passkey: await showPasskey('api/fresh/begin') })
}
export const proveByPassword = (body: { password: string; code?: string }) => ask<unknown>('POST', 'api/fresh', body)

export const listPasskeys = () => ask<PasskeyList>('GET', path)
export const renamePasskey = (id: string, name: string) => ask<Passkey>('PATCH', one(id), { name })
export const removePasskey = (id: string) => ask<unknown>('DELETE', one(id))
