// An authenticator of a person, asked for when they log in by password (second-step.ts). A link
// needs none: it acts by a key, and opens no more than that.
import { randomBytes } from 'node:crypto'
import type { SecondFactor, SecondFactorSecret } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Tx } from '../../store/database.ts'
import { countRecoveryCodes, type SecondFactorRow, selectSecondFactor } from '../../store/second-factors.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { KnownSession } from './admit.ts'
import { requireOwnKey } from './password.ts'
import { dropRecoveryCodes, issueRecoveryCodes, takeRecoveryCode } from './recovery-codes.ts'
import { base32, otpauthUri, stepOf } from './totp.ts'

export type Sealing = Pick<Records, 'log'> & { identity: Pick<Identity, 'keyring'> }

const secretBytes = 20

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
export async function beginSecondFactor(core: Records & Sealing, session: KnownSession): Promise<SecondFactorSecret> {
  const { row } = session
  await requireOwnKey(core.store.db, row)
  const secret = randomBytes(secretBytes)
  const sealed = seal(core.identity.keyring, row.user_id, secret)
  await write(core, async ({ tx, now }) => {
    const factor = await selectSecondFactor(tx, row.user_id)
    if (factor !== undefined && factor.confirmed_at !== null) throw new Fault('second_factor_enabled')
    await tx
      .insertInto('second_factors')
      .values({ user_id: row.user_id, secret: sealed, created_at: now })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet({ secret: sealed, created_at: now, last_step: null }),
      )
      .execute()
  })
  const uri = otpauthUri(secret, `Xerotier ${row.project_slug}`, row.user_email)
  return { object: 'second_factor_secret', secret: base32(secret), uri }
}

/**
 * From now on a password alone opens nothing.
 * @returns codes to recover with, which are in this answer and nowhere else; none where some are
 * left
 * @throws Fault second_factor_enabled, login_failed for a code that is none
 */
export async function confirmSecondFactor(
  core: Records & Sealing,
  { row, actor }: KnownSession,
  code: string,
): Promise<string[]> {
  return write(core, async (writing) => {
    const { tx, now, append } = writing
    const factor = await selectSecondFactor(tx, row.user_id)
    if (factor !== undefined && factor.confirmed_at !== null) throw new Fault('second_factor_enabled')
    if (factor === undefined || !(await takeCode(core, writing, factor, code))) throw wrongCode()
    await tx.updateTable('second_factors').set({ confirmed_at: now }).where('user_id', '=', row.user_id).execute()
    append({ project_id: row.project_id, kind: 'second_factor.added', actor, data: { user_id: row.user_id } })
    return issueRecoveryCodes(writing, row.user_id)
  })
}

/** @throws Fault login_failed for a code that is none */
export async function removeSecondFactor(
  core: Records & Sealing,
  { row, actor }: KnownSession,
  code: string,
): Promise<void> {
  await write(core, async (writing) => {
    const factor = await selectSecondFactor(writing.tx, row.user_id)
    if (factor === undefined || factor.confirmed_at === null) throw wrongCode()
    if ((await takeAnyCode(core, writing, row.user_id, { factor, code })) === undefined) throw wrongCode()
    await writing.tx.deleteFrom('second_factors').where('user_id', '=', row.user_id).execute()
    await dropRecoveryCodes(writing.tx, row.user_id)
    const data = { user_id: row.user_id }
    writing.append({ project_id: row.project_id, kind: 'second_factor.removed', actor, data })
  })
}

export const wrongCode = () =>
  new Fault('login_failed', { message: 'The code is wrong, or it was used already.', param: 'code' })

/** @returns what it was; undefined for none, and for one that was used */
export async function takeAnyCode(
  core: Sealing,
  writing: Writing,
  userId: string,
  { factor, code }: { factor: SecondFactorRow | undefined; code: string },
): Promise<'authenticator' | 'recovery_code' | undefined> {
  if (factor !== undefined && factor.confirmed_at !== null && (await takeCode(core, writing, factor, code)))
    return 'authenticator'
  // A recovery code is good where no key opens the secret any more.
  return (await takeRecoveryCode(writing, userId, code)) ? 'recovery_code' : undefined
}

async function takeCode(core: Sealing, { tx, now }: Writing, factor: SecondFactorRow, code: string): Promise<boolean> {
  const { user_id } = factor
  const secret = opened(core, factor)
  const step = secret && stepOf(secret, code.replace(/\s/g, ''), now.getTime())
  return step !== undefined && (await takeStep(tx, user_id, step))
}

/** Undefined when no key of this router opens it. */
function opened({ identity, log }: Sealing, { user_id, secret }: SecondFactorRow): Buffer | undefined {
  // From before they were sealed: the next look of the re-encryption seals it.
  if (secret.length === secretBytes) return secret
  try {
    return openSealed(identity.keyring, user_id, secret)
  } catch (error) {
    log.error({ error, user_id }, 'the secret of an authenticator cannot be read; recovery codes are good')
    return undefined
  }
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
