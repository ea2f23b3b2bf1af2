// Who holds a session, asked anew with each request: what they are may have changed.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { scopesOfRole } from '@xerotier/protocol/roles.ts'
import { type FoundSession, type Living, selectSession } from '../../store/sessions.ts'
import { type PersonActor, personActor } from '../actor.ts'
import type { Admission } from '../admission.ts'
import { addressCheck, type Keyring } from '../api-keys/keyring.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { tokenHash } from './token.ts'
import type { SessionWatch } from './watch.ts'

export interface KnownSession {
  row: FoundSession
  actor: PersonActor
  /** Whether its key lets this address in. */
  admits(address: string | undefined): boolean
}

type Core = Pick<Records, 'store' | 'clock'> & { keyring: Keyring; sessions: SessionWatch }

export function livingAt(now: number): Living {
  return { now: new Date(now), idleSince: new Date(now - limits.sessionIdleSeconds * 1000) }
}

/** The session of a token, while it lives and its person is a member. */
export async function findSession(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  token: string,
): Promise<KnownSession | undefined> {
  const hash = tokenHash('session', token)
  const row = hash === undefined ? undefined : await selectSession(store.db, hash, livingAt(clock.now()))
  if (row === undefined) return undefined
  const filter = row.key_ip_filter
  return { row, actor: actorOf(row), admits: filter === null ? () => true : addressCheck(filter) }
}

export function admitSession(
  core: Core,
  token: string,
  { row, actor }: KnownSession,
  address: string | undefined,
): Admission<PersonActor> {
  return {
    actor,
    validUntil: Math.min(row.expires_at.getTime(), row.key_expires_at?.getTime() ?? Number.POSITIVE_INFINITY),
    async ask() {
      const now = await findSession(core, token)
      return now?.admits(address) === true && neededLogins(now.row).length === 0
    },
    onChange(callback) {
      const stops = [core.keyring.watch(actor, callback), core.sessions.watch(row, callback)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** By one of these its person has to come in first; empty where the project is open to them. */
export function neededLogins({ required_login, methods }: Pick<FoundSession, 'required_login' | 'methods'>) {
  const had: readonly string[] = methods
  return required_login.some((one) => had.includes(one)) ? [] : required_login
}

/** @throws Fault login_method_required */
export function requireLogin(row: FoundSession): void {
  const needed = neededLogins(row)
  if (needed.length === 0) return
  throw new Fault('login_method_required', { message: `This project is open to who comes by ${needed.join(' or ')}.` })
}

const minuteMs = 60_000

/** Somebody did something in it. Written once a minute at most. */
export async function noteSeen(core: Records, { id, seen_at }: FoundSession): Promise<void> {
  if (core.clock.now() - seen_at.getTime() < minuteMs) return
  await write(core, ({ tx, now }) => tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', id).execute())
}

/** By a link: within what its key may. By a password: what the role may. */
function actorOf(row: FoundSession): PersonActor {
  const person = { id: row.user_id, name: row.user_name, email: row.user_email }
  const { key_id: id, key_name: name, key_scopes } = row
  const key = id === null || name === null ? null : { id, name }
  const inRole = scopesOfRole[row.role]
  return personActor(person, {
    projectId: row.project_id,
    door: 'dashboard',
    scopes: key_scopes === null ? inRole : key_scopes.filter((scope) => inRole.includes(scope)),
    workspaces: row.key_workspaces?.map((workspace) => workspace.id) ?? null,
    key,
  })
}
