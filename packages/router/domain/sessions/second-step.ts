// After a password: whoever has an authenticator or a passkey shows one of them too, or a code to
// recover with.
import type { LoginMethod } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { PasskeyRow } from '../../store/passkeys.ts'
import { selectSecondFactor } from '../../store/second-factors.ts'
import type { Writing } from '../events/write.ts'
import { hasSecondStep } from './recovery-codes.ts'
import { type Sealing, takeAnyCode, wrongCode } from './second-factor.ts'

interface Shown {
  code?: string | undefined
  /** Verified already. */
  passkey?: PasskeyRow | undefined
}

/**
 * In the transaction of a login. No code is good twice.
 * @returns what was shown; nothing of who has no second step
 * @throws Fault second_factor_required, login_failed, passkey_refused for one of somebody else
 */
export async function requireSecondStep(
  core: Sealing,
  writing: Writing,
  userId: string,
  { code, passkey }: Shown,
): Promise<LoginMethod[]> {
  if (passkey !== undefined) {
    if (passkey.user_id !== userId) throw new Fault('passkey_refused')
    return ['passkey']
  }
  if (!(await hasSecondStep(writing.tx, userId))) return []
  if (code === undefined || code.trim() === '') throw new Fault('second_factor_required')
  const factor = await selectSecondFactor(writing.tx, userId)
  const taken = await takeAnyCode(core, writing, userId, { factor, code })
  if (taken === undefined) throw wrongCode()
  return [taken]
}
