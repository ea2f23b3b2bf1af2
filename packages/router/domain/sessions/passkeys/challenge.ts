// What an authenticator signs. The record has its hash until it comes back or its time is over, and
// gives it out once: what was signed for one login is good for no other.
import { randomBytes } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import type { ChallengePurpose } from '../../../store/session-tables.ts'
import { write } from '../../events/write.ts'
import type { Records } from '../../records.ts'

interface Asked {
  purpose: ChallengePurpose
  /** Of whoever is in; null before a login. */
  sessionId: string | null
}

/** @param bound what is signed besides; it stands at the end, as it is */
export async function newChallenge(
  core: Records,
  { purpose, sessionId }: Asked,
  bound: Uint8Array = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(Buffer.concat([randomBytes(32), bound]))
  const hash = hashOf(Buffer.from(challenge).toString('base64url'))
  await write(core, async ({ tx, now }) => {
    const expires_at = new Date(now.getTime() + limits.passkeyChallengeSeconds * 1000)
    await tx.insertInto('passkey_challenges').values({ hash, purpose, session_id: sessionId, expires_at }).execute()
  })
  return challenge
}

/** @param text base64url */
export function isBoundTo(text: string, bound: Uint8Array): boolean {
  const challenge = Buffer.from(text, 'base64url')
  return challenge.length === 32 + bound.length && challenge.subarray(32).equals(bound)
}

/** @returns false for one that was not given out for this, is over, or has been taken */
export function takeChallenge(core: Records, { purpose, sessionId }: Asked, text: string): Promise<boolean> {
  return write(core, async ({ tx, now }) => {
    const { numDeletedRows } = await tx
      .deleteFrom('passkey_challenges')
      .where('hash', '=', hashOf(text))
      .where('purpose', '=', purpose)
      .where('session_id', 'is not distinct from', sessionId)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return numDeletedRows === 1n
  })
}

function hashOf(text: string): Buffer {
  return sha256(Buffer.from(text))
}
