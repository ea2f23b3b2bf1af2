// A passkey that somebody shows: to log in, or as the second step after a password.
import type { ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type PasskeyRow, selectPasskeyOf, selectPasskeys } from '../../../store/passkeys.ts'
import { selectMemberships } from '../../../store/sessions.ts'
import { router } from '../../actor.ts'
import { write } from '../../events/write.ts'
import type { Records } from '../../records.ts'
import type { KnownSession } from '../admit.ts'
import { isBoundTo, newChallenge, takeChallenge } from './challenge.ts'
import { type PublicPlace, relyingPartyOf } from './relying-party.ts'

type Core = Records & PublicPlace

/**
 * What a browser needs to show one, as its `get` takes it in JSON. The authenticator knows whose it
 * is: nobody has to say who they are, and so nobody learns who has one.
 * @throws Fault passkeys_unavailable
 */
export async function askForPasskey(core: Core): Promise<object> {
  relyingPartyOf(core)
  return requestOf(core, await newChallenge(core, { purpose: 'show', sessionId: null }))
}

/**
 * Of whoever is in: for one of theirs.
 * @param bound what they sign besides
 * @throws Fault passkeys_unavailable, passkey_not_found
 */
export async function askForOwnPasskey(
  core: Core,
  { row }: KnownSession,
  purpose: 'vote' | 'fresh',
  bound?: Uint8Array,
): Promise<object> {
  relyingPartyOf(core)
  const own = await selectPasskeys(core.store.db, row.user_id)
  if (own.length === 0)
    throw new Fault('passkey_not_found', { message: 'You have no passkey: add one in your account.' })
  return requestOf(core, await newChallenge(core, { purpose, sessionId: row.id }, bound), own)
}

async function requestOf(core: Core, challenge: Uint8Array<ArrayBuffer>, own: readonly PasskeyRow[] = []) {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server')
  return generateAuthenticationOptions({
    rpID: relyingPartyOf(core).id,
    challenge,
    timeout: limits.passkeyChallengeSeconds * 1000,
    userVerification: 'required',
    allowCredentials: own.map(({ credential_id, transports }) => ({
      id: credential_id.toString('base64url'),
      transports,
    })),
  })
}

/**
 * The passkey that signed, with its person there and verified by the authenticator.
 * @throws Fault passkeys_unavailable, passkey_refused
 */
export function verifyPasskey(core: Core, response: ShownPasskey): Promise<PasskeyRow> {
  return verifyShown(core, response, (text) => takeChallenge(core, { purpose: 'show', sessionId: null }, text))
}

/** One of whoever is in. @throws Fault passkeys_unavailable, passkey_refused */
export async function verifyOwnPasskey(
  core: Core,
  { row }: KnownSession,
  response: ShownPasskey,
  purpose: 'vote' | 'fresh',
  bound: Uint8Array = new Uint8Array(),
): Promise<PasskeyRow> {
  const passkey = await verifyShown(core, response, async (text) => {
    const isTaken = await takeChallenge(core, { purpose, sessionId: row.id }, text)
    return isTaken && isBoundTo(text, bound)
  })
  if (passkey.user_id !== row.user_id) throw new Fault('passkey_refused')
  return passkey
}

async function verifyShown(
  core: Core,
  response: ShownPasskey,
  expectedChallenge: (text: string) => Promise<boolean>,
): Promise<PasskeyRow> {
  const { id: expectedRPID, origin } = relyingPartyOf(core)
  const passkey = await selectPasskeyOf(core.store.db, Buffer.from(response.id, 'base64url'))
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { authenticationInfo, verified } = await verifyAuthenticationResponse({
    response,
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID,
    requireUserVerification: true,
    credential: {
      id: response.id,
      // Of nobody: the challenge is taken, and no signature fits.
      publicKey: new Uint8Array(passkey?.public_key ?? Buffer.alloc(0)),
      // Compared below, where two that come at once do not both pass.
      counter: -1,
    },
  }).catch((cause: unknown) => {
    throw new Fault('passkey_refused', { cause })
  })
  const handle = response.response.userHandle
  const isTheirs = handle === undefined || Buffer.from(handle, 'base64url').toString() === passkey?.user_id
  if (!verified || passkey === undefined || !isTheirs) throw new Fault('passkey_refused')
  if (await takeCounter(core, passkey, authenticationInfo)) return passkey
  await noteCopied(core, passkey)
  throw new Fault('passkey_refused', {
    message: 'The passkey signed with a counter of the past: there is a copy of it.',
  })
}

interface Signed {
  newCounter: number
  credentialBackedUp: boolean
}

/** Authenticators that count do so with each signature; the others say 0 always. */
function takeCounter(core: Core, { id }: PasskeyRow, { newCounter, credentialBackedUp }: Signed): Promise<boolean> {
  return write(core, async ({ tx, now }) => {
    const { numUpdatedRows } = await tx
      .updateTable('passkeys')
      .set({ counter: newCounter, used_at: now, backed_up: credentialBackedUp })
      .where('id', '=', id)
      .where((where) => where.or([where('counter', '<', newCounter), where('counter', '=', newCounter === 0 ? 0 : -1)]))
      .executeTakeFirst()
    return numUpdatedRows === 1n
  })
}

/** In each project of its person, whose owners should know. */
async function noteCopied(core: Core, { id, user_id }: PasskeyRow): Promise<void> {
  await write(core, async ({ tx, append }) => {
    for (const project of await selectMemberships(tx, user_id))
      append({ project_id: project.id, kind: 'passkey.copied', actor: router, data: { user_id, passkey_id: id } })
  })
}
