// A password that is set anew, by who reads the mail of its person. The token says which password
// it replaces: once that is another, it is good for nothing, and nobody has to remember it.
import { Fault } from '@xerotier/protocol/errors.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import type { Database, Tx } from '../../store/database.ts'
import { lockPerson, selectMemberships, selectPassword, selectSessions } from '../../store/sessions.ts'
import { personActor } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { readToken, signToken } from '../signed-token.ts'
import { livingAt } from './admit.ts'
import { endSession } from './end.ts'
import { hashOf, mustBeLong } from './password.ts'
import type { SessionWatch } from './watch.ts'

type Core = Records & { identity: Identity }

/** Made when the mail is sent: what waits to be sent holds none. */
export async function resetToken(
  core: Pick<Core, 'identity' | 'store' | 'clock'>,
  userId: string,
  expiresAt: Date,
): Promise<string> {
  const replaces = await markOf(core.store.db, userId)
  const times = { issuedAt: new Date(core.clock.now()), expiresAt }
  return signToken(core, 'xem-password-reset', { sub: userId, replaces }, times)
}

/**
 * Sets a password and ends every session of its person, who logs in with it then, and by their
 * second step where they have one.
 * @throws Fault reset_invalid, invalid_body
 */
export async function resetPassword(
  core: Core & { sessions: SessionWatch },
  { token, password }: { token: string; password: string },
): Promise<void> {
  mustBeLong(password)
  const said = await readToken(core, 'xem-password-reset', token, ['sub', 'replaces'])
  if (said === 'expired' || said === 'invalid') throw new Fault('reset_invalid')
  const hash = await hashOf(password)
  await write(core, async (writing) => {
    const { tx, now, append } = writing
    const user = await lockPerson(tx, said.sub)
    if (user?.active !== true || (await markOf(tx, user.id)) !== said.replaces) throw new Fault('reset_invalid')
    await tx
      .insertInto('passwords')
      .values({ user_id: user.id, hash, changed_at: now })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash, changed_at: now }))
      .execute()
    for (const session of await selectSessions(tx, user.id, livingAt(now.getTime())))
      await endSession(core, writing, session)
    const [project] = await selectMemberships(tx, user.id)
    if (project === undefined) throw new Fault('reset_invalid')
    const actor = personActor(user, {
      projectId: project.id,
      door: 'dashboard',
      scopes: [],
      workspaces: null,
      key: null,
    })
    append({ project_id: project.id, kind: 'password.changed', actor, data: { user_id: user.id, by: 'reset' } })
  })
}

/** Of the password until now. */
async function markOf(db: Database | Tx, userId: string): Promise<string> {
  const known = await selectPassword(db, userId)
  return sha256Hex(`replaces ${known?.hash ?? 'none'}`).slice(0, 32)
}
