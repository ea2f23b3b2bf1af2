// A second factor of a person, asked for when they log in by password. A link needs none: it acts
// by a key, and opens no more than that.
import { randomBytes } from 'node:crypto'
import type { SecondFactor, SecondFactorSecret } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import type { Tx } from '../../store/database.ts'
import { countRecoveryCodes, type SecondFactorRow, selectSecondFactor } from '../../store/second-factors.ts'
import { type Writing, write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { KnownSession } from './admit.ts'
import { requireOwnKey } from './password.ts'
import { base32, otpauthUri, stepOf } from './totp.ts'

const secretBytes = 20
/** 50 bits. */
const recoveryCharacters = 10

export async function showSecondFactor(core: Records, { row }: KnownSession): Promise<SecondFactor> {
  const { db } = core.store
  const factor = await selectSecondFactor(db, row.user_id)
  const isOn = factor !== undefined && factor.confirmed_at !== null
  return {
    object: 'second_factor',
    enabled: isOn,
    recovery_codes_left: isOn ? await countRecoveryCodes(db, row.user_id) : 0,
  }
}

/**
 * Makes a secret for an authenticator. It counts once a code of it has come back.
 * @throws Fault second_factor_enabled, key_of_another
 */
export async function beginSecondFactor(core: Records, session: KnownSession): Promise<SecondFactorSecret> {
  const { row } = session
  await requireOwnKey(core.store.db, row)
  const secret = randomBytes(secretBytes)
  await write(core, async ({ tx, now }) => {
    const factor = await selectSecondFactor(tx, row.user_id)
    if (factor !== undefined && factor.confirmed_at !== null) throw new Fault('second_factor_enabled')
    await tx
      .insertInto('second_factors')
      .values({ user_id: row.user_id, secret, created_at: now })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ secret, created_at: now, last_step: null }))
      .execute()
  })
  const uri = otpauthUri(secret, `Xerotier ${row.project_slug}`, row.user_email)
  return { object: 'second_factor_secret', secret: base32(secret), uri }
}

/**
 * From now on a password alone opens nothing.
 * @returns codes to recover with, which are in this answer and nowhere else
 * @throws Fault second_factor_enabled, login_failed for a code that is none
 */
export async function confirmSecondFactor(
  core: Records,
  { row, actor }: KnownSession,
  code: string,
): Promise<string[]> {
  const codes = Array.from({ length: limits.recoveryCodes }, newRecoveryCode)
  await write(core, async (writing) => {
    const { tx, now, append } = writing
    const factor = await selectSecondFactor(tx, row.user_id)
    if (factor !== undefined && factor.confirmed_at !== null) throw new Fault('second_factor_enabled')
    if (factor === undefined || !(await takeCode(writing, factor, code))) throw wrongCode()
    await tx.updateTable('second_factors').set({ confirmed_at: now }).where('user_id', '=', row.user_id).execute()
    await tx
      .insertInto('recovery_codes')
      .values(codes.map((one) => ({ user_id: row.user_id, hash: recoveryHash(one) })))
      .execute()
    append({ project_id: row.project_id, kind: 'second_factor.added', actor, data: { user_id: row.user_id } })
  })
  return codes
}

/** @throws Fault login_failed for a code that is none */
export async function removeSecondFactor(core: Records, { row, actor }: KnownSession, code: string): Promise<void> {
  await write(core, async (writing) => {
    const factor = await selectSecondFactor(writing.tx, row.user_id)
    if (factor === undefined || factor.confirmed_at === null || !(await takeFactor(writing, factor, code)))
      throw wrongCode()
    await writing.tx.deleteFrom('second_factors').where('user_id', '=', row.user_id).execute()
    const data = { user_id: row.user_id }
    writing.append({ project_id: row.project_id, kind: 'second_factor.removed', actor, data })
  })
}

/**
 * In the transaction of a login: whoever has a second factor shows it, once each code.
 * @throws Fault second_factor_required, login_failed
 */
export async function requireSecondFactor(writing: Writing, userId: string, code: string | undefined): Promise<void> {
  const factor = await selectSecondFactor(writing.tx, userId)
  if (factor === undefined || factor.confirmed_at === null) return
  if (code === undefined || code.trim() === '') throw new Fault('second_factor_required')
  if (!(await takeFactor(writing, factor, code))) throw wrongCode()
}

const wrongCode = () =>
  new Fault('login_failed', { message: 'The code is wrong, or it was used already.', param: 'code' })

async function takeFactor(writing: Writing, factor: SecondFactorRow, code: string): Promise<boolean> {
  if (await takeCode(writing, factor, code)) return true
  return takeRecoveryCode(writing.tx, factor.user_id, recoveryHash(code), writing.now)
}

async function takeCode({ tx, now }: Writing, { user_id, secret }: SecondFactorRow, code: string): Promise<boolean> {
  const step = stepOf(secret, code.replace(/\s/g, ''), now.getTime())
  return step !== undefined && (await takeStep(tx, user_id, step))
}

/** False when this step, or a later one, was taken already. */
async function takeStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('second_factors')
    .set({ last_step: step })
    .where('user_id', '=', userId)
    .where((where) => where.or([where('last_step', 'is', null), where('last_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** False when there is none of this SHA-256 that nobody has used. */
async function takeRecoveryCode(tx: Tx, userId: string, hash: Buffer, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_codes')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** `abcde-fghij`. */
function newRecoveryCode(): string {
  const text = base32(randomBytes(8)).slice(0, recoveryCharacters).toLowerCase()
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** However it is typed. */
function recoveryHash(code: string): Buffer {
  return sha256(Buffer.from(code.toLowerCase().replace(/[^a-z2-7]/g, '')))
}
