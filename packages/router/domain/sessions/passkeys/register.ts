import type { NewPasskey } from '@xerotier/protocol/api/passkeys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { lockPasskeys, selectPasskeys } from '../../../store/passkeys.ts'
import { write } from '../../events/write.ts'
import { newId } from '../../ids.ts'
import type { Records } from '../../records.ts'
import type { KnownSession } from '../admit.ts'
import { requireFresh } from '../fresh.ts'
import { requireOwnKey } from '../password.ts'
import { issueRecoveryCodes } from '../recovery-codes.ts'
import { newChallenge, takeChallenge } from './challenge.ts'
import { presentPasskey } from './own.ts'
import { type PublicPlace, relyingPartyOf } from './relying-party.ts'

type Core = Records & PublicPlace
/** Loaded by the first who has a passkey: it is large. */
const webauthn = () => import('@simplewebauthn/server')
/** Ed25519, ECDSA over P-256, RSA: what every Node verifies. */
const supportedAlgorithmIDs = [-8, -7, -257]

/**
 * What a browser needs to make a passkey, as its `create` takes it in JSON.
 * @throws Fault passkeys_unavailable, key_of_another, fresh_login_required
 */
export async function beginPasskey(core: Core, session: KnownSession): Promise<object> {
  const { row, actor } = session
  const { id: rpID } = relyingPartyOf(core)
  await requireOwnKey(core.store.db, row)
  requireFresh(core, session)
  const [own, challenge] = await Promise.all([
    selectPasskeys(core.store.db, row.user_id),
    newChallenge(core, { purpose: 'register', sessionId: row.id }),
  ])
  const { generateRegistrationOptions } = await webauthn()
  return generateRegistrationOptions({
    rpName: 'Xerotier',
    rpID,
    challenge,
    userID: new Uint8Array(Buffer.from(row.user_id)),
    userName: row.user_email,
    userDisplayName: actor.person.name,
    timeout: limits.passkeyChallengeSeconds * 1000,
    attestationType: 'none',
    supportedAlgorithmIDs,
    excludeCredentials: own.map(({ credential_id, transports }) => ({
      id: credential_id.toString('base64url'),
      transports,
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/**
 * @returns the passkey and, with the first second step of a person, codes to recover with, which
 * are in this answer and nowhere else
 * @throws Fault passkeys_unavailable, passkey_refused, passkey_known, capacity_exceeded,
 * key_of_another, fresh_login_required
 */
export async function addPasskey(core: Core, session: KnownSession, { name, transports, response }: NewPasskey) {
  const { row, actor } = session
  const { id: expectedRPID, origin } = relyingPartyOf(core)
  await requireOwnKey(core.store.db, row)
  requireFresh(core, session)
  const { verifyRegistrationResponse } = await webauthn()
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: (text) => takeChallenge(core, { purpose: 'register', sessionId: row.id }, text),
    expectedOrigin: origin,
    expectedRPID,
    requireUserVerification: true,
    supportedAlgorithmIDs,
  }).catch((cause: unknown) => {
    throw new Fault('passkey_refused', { cause })
  })
  if (registrationInfo === undefined) throw new Fault('passkey_refused')
  const { credential, credentialBackedUp } = registrationInfo
  return write(core, async (writing) => {
    const { tx, now, append } = writing
    const own = await lockPasskeys(tx, row.user_id)
    if (own.length >= limits.passkeysPerPerson)
      throw new Fault('capacity_exceeded', { message: `You have ${own.length} passkeys, which is the limit.` })
    const passkey = await tx
      .insertInto('passkeys')
      .values({
        id: newId('psk', now.getTime()),
        user_id: row.user_id,
        credential_id: Buffer.from(credential.id, 'base64url'),
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports,
        backed_up: credentialBackedUp,
        name,
        created_at: now,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (passkey === undefined) throw new Fault('passkey_known')
    const codes = await issueRecoveryCodes(writing, row.user_id)
    const data = { user_id: row.user_id, passkey_id: passkey.id }
    append({ project_id: row.project_id, kind: 'passkey.added', actor, data })
    return { ...presentPasskey(passkey), recovery_codes: codes }
  })
}
