// Logging in. Whoever comes gets a session of their own, and the one that their browser held before
// is over, so that no one can be made to use a session that somebody else knows.
import type { ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'
import type { Login, LoginMethod } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { lockLoginLink, selectMemberships, selectSession, selectSessions } from '../../store/sessions.ts'
import { personActor } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { findUserByEmail } from '../people/find.ts'
import type { Records } from '../records.ts'
import { livingAt } from './admit.ts'
import { endSession } from './end.ts'
import type { PublicPlace } from './passkeys/relying-party.ts'
import { verifyPasskey } from './passkeys/show.ts'
import { checkPassword } from './password.ts'
import type { Sealing } from './second-factor.ts'
import { requireSecondStep } from './second-step.ts'
import { newToken, tokenHash } from './token.ts'
import type { SessionWatch } from './watch.ts'

export interface Browser {
  address: string
  /** What it calls itself. */
  name: string
  /** The token that it held before. */
  before: string | undefined
}

type Core = Records & Sealing & { sessions: SessionWatch }

/** @throws Fault login_failed */
export function openByLink(core: Core, token: string, browser: Browser): Promise<string> {
  return write(core, async (writing) => {
    const hash = tokenHash('loginLink', token)
    const link = hash === undefined ? undefined : await lockLoginLink(writing.tx, hash, writing.now)
    if (link === undefined) throw new Fault('login_failed', { message: 'The link was used, or its time is over.' })
    const { id, user_id, project_id, key_id } = link
    await writing.tx.updateTable('login_links').set({ used_at: writing.now }).where('id', '=', id).execute()
    return open(core, writing, { user_id, project_id, key_id, methods: ['link'] }, browser)
  })
}

/**
 * By e-mail and password. Whether there is such an account, nobody learns, neither from the answer
 * nor from its time.
 * @throws Fault login_failed, second_factor_required, passkey_refused
 */
export async function openByPassword(
  core: Core & PublicPlace,
  { email, password, code, passkey: shown }: Login,
  browser: Browser,
): Promise<string> {
  const user = await findUserByEmail(core.store.db, email)
  const isRight = await checkPassword(core, user?.active === true ? user.id : undefined, password)
  const [project] = user === undefined || !isRight ? [] : await selectMemberships(core.store.db, user.id)
  if (user === undefined || project === undefined) throw new Fault('login_failed')
  const passkey = shown === undefined ? undefined : await verifyPasskey(core, shown)
  return write(core, async (writing) => {
    const second = await requireSecondStep(core, writing, user.id, { code, passkey })
    const of = { user_id: user.id, project_id: project.id, key_id: null }
    return open(core, writing, { ...of, methods: ['password', ...second] }, browser)
  })
}

/**
 * By a passkey alone: something that somebody has, and that has verified them.
 * @throws Fault passkeys_unavailable, passkey_refused
 */
export async function openByPasskey(core: Core & PublicPlace, shown: ShownPasskey, browser: Browser): Promise<string> {
  const { user_id } = await verifyPasskey(core, shown)
  return write(core, async (writing) => {
    const [project] = await selectMemberships(writing.tx, user_id)
    if (project === undefined) throw new Fault('passkey_refused')
    return open(core, writing, { user_id, project_id: project.id, key_id: null, methods: ['passkey'] }, browser)
  })
}

/** For whoever has proved who they are. @throws Fault login_failed */
export async function open(
  core: Core,
  writing: Writing,
  of: { user_id: string; project_id: string; key_id: string | null; methods: LoginMethod[] },
  { address, name, before }: Browser,
): Promise<string> {
  const { tx, now, append } = writing
  const living = livingAt(now.getTime())
  const held = before === undefined ? undefined : tokenHash('session', before)
  const old = held === undefined ? undefined : await selectSession(tx, held, living)
  if (old !== undefined) await endSession(core, writing, old)
  // Who proves more of themselves stays where they were.
  if (old !== undefined && old.user_id === of.user_id && old.key_id === null && of.key_id === null)
    of = { ...of, project_id: old.project_id }
  const others = await selectSessions(tx, of.user_id, living)
  for (const one of others.slice(limits.sessionsPerPerson - 1)) await endSession(core, writing, one)
  const token = newToken('session')
  const token_hash = tokenHash('session', token)
  if (token_hash === undefined) throw new Error('a new token is none')
  const id = newId('ses', now.getTime())
  const times = { created_at: now, seen_at: now, expires_at: new Date(now.getTime() + limits.sessionSeconds * 1000) }
  await tx
    .insertInto('sessions')
    .values({ id, ...of, token_hash, address, browser: name.slice(0, 200), ...times })
    .execute()
  // Of whom it is, as they are: a key that was revoked or a member who left opens nothing.
  const found = await selectSession(tx, token_hash, living)
  if (found === undefined) throw new Fault('login_failed')
  const person = { id: found.user_id, name: found.user_name, email: found.user_email }
  const key = found.key_id === null ? null : { id: found.key_id, name: found.key_name ?? '' }
  const actor = personActor(person, { projectId: of.project_id, door: 'dashboard', scopes: [], workspaces: null, key })
  append({
    project_id: of.project_id,
    kind: 'session.opened',
    actor,
    data: { session_id: id, address, methods: of.methods },
  })
  return token
}
