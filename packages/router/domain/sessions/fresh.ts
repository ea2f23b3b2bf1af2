// What guards an account is changed by who has just proved who they are: a session that somebody
// left open, or took over, is no proof.
import type { Fresh } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { KnownSession } from './admit.ts'
import type { PublicPlace } from './passkeys/relying-party.ts'
import { verifyOwnPasskey } from './passkeys/show.ts'
import { checkPassword } from './password.ts'
import type { Sealing } from './second-factor.ts'
import { requireSecondStep } from './second-step.ts'

/** @throws Fault fresh_login_required */
export function requireFresh({ clock }: Pick<Records, 'clock'>, { row }: KnownSession): void {
  const provedAt = (row.proved_at ?? row.created_at).getTime()
  if (clock.now() - provedAt < limits.freshLoginSeconds * 1000) return
  throw new Fault('fresh_login_required')
}

/**
 * By a passkey, or by the password with its second step.
 * @throws Fault login_failed, second_factor_required, passkey_refused, passkeys_unavailable
 */
export async function proveAnew(
  core: Records & Sealing & PublicPlace,
  session: KnownSession,
  body: Fresh,
): Promise<void> {
  const { id, user_id } = session.row
  if ('passkey' in body) await verifyOwnPasskey(core, session, body.passkey, 'fresh')
  else if (!(await checkPassword(core, user_id, body.password))) throw new Fault('login_failed')
  await write(core, async (writing) => {
    if ('password' in body) await requireSecondStep(core, writing, user_id, { code: body.code })
    await writing.tx.updateTable('sessions').set({ proved_at: writing.now }).where('id', '=', id).execute()
  })
}
