// Codes for who has lost what they prove themselves with. There are some as long as there is a
// second step: they come with its first kind, and go with its last.
import { randomBytes } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import type { Tx } from '../../store/database.ts'
import { selectPasskeys } from '../../store/passkeys.ts'
import { countRecoveryCodes, selectSecondFactor } from '../../store/second-factors.ts'
import type { Writing } from '../events/write.ts'
import { base32 } from './totp.ts'

/** 80 bits: the record has their hashes, and nobody who reads those tries them all. */
const characters = 16

/** @returns none where some are left: those that somebody keeps stay good */
export async function issueRecoveryCodes({ tx }: Writing, userId: string): Promise<string[]> {
  if ((await countRecoveryCodes(tx, userId)) > 0) return []
  const codes = Array.from({ length: limits.recoveryCodes }, newRecoveryCode)
  await tx
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ user_id: userId, hash: hashOf(code) })))
    .execute()
  return codes
}

/** Unless a second step is left. */
export async function dropRecoveryCodes(tx: Tx, userId: string): Promise<void> {
  if (await hasSecondStep(tx, userId)) return
  await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
}

/** An authenticator or a passkey: a password alone does not log in. */
export async function hasSecondStep(tx: Tx, userId: string): Promise<boolean> {
  const factor = await selectSecondFactor(tx, userId)
  if (factor !== undefined && factor.confirmed_at !== null) return true
  return (await selectPasskeys(tx, userId)).length > 0
}

/** However it is typed. False when there is none such that nobody has used. */
export async function takeRecoveryCode({ tx, now }: Writing, userId: string, code: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_codes')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('hash', '=', hashOf(code))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** `abcd-efgh-ijkl-mnop`. */
function newRecoveryCode(): string {
  const text = base32(randomBytes(characters)).slice(0, characters).toLowerCase()
  return text.replace(/.{4}(?=.)/g, '$&-')
}

function hashOf(code: string): Buffer {
  return sha256(Buffer.from(code.toLowerCase().replace(/[^a-z2-7]/g, '')))
}
