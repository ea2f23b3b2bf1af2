// Passwords: argon2id, as OWASP recommends it, in Node's own implementation.
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectKeyLine, selectKeysOfOthers } from '../../store/api-keys.ts'
import type { Database } from '../../store/database.ts'
import { selectPassword, selectSessions } from '../../store/sessions.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { type KnownSession, livingAt } from './admit.ts'
import { endSession } from './end.ts'
import type { SessionWatch } from './watch.ts'

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

const derive: (name: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer> = promisify(argon2)

/** One after the other: each takes 19 MiB and tens of milliseconds of a thread. */
let last: Promise<unknown> = Promise.resolve()
function inTurn(message: string, nonce: Buffer): Promise<Buffer> {
  const made = last.then(() => derive('argon2id', { message, nonce, ...cost, tagLength }))
  last = made.catch(() => undefined)
  return made
}

export async function hashOf(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await inTurn(password.normalize('NFC'), nonce)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
}

const nobodys = hashOf(randomBytes(16).toString('base64url'))

/** Takes as long for an account that there is not. */
export async function checkPassword(
  { store }: Pick<Records, 'store'>,
  userId: string | undefined,
  password: string,
): Promise<boolean> {
  const known = userId === undefined ? undefined : await selectPassword(store.db, userId)
  const [, , , , nonce = '', tag = ''] = (known?.hash ?? (await nobodys)).split('$')
  const given = await inTurn(password.normalize('NFC'), Buffer.from(nonce, 'base64'))
  const wanted = Buffer.from(tag, 'base64')
  return given.length === wanted.length && timingSafeEqual(given, wanted) && known !== undefined
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

/**
 * Sets one's own, and ends one's other sessions. Who came by a key that somebody else has held may
 * not: that person would have a way in that is not known as theirs.
 * @throws Fault invalid_body, login_failed when the password until now is another, key_of_another
 */
export async function setPassword(
  core: Records & { sessions: SessionWatch },
  { row, actor }: KnownSession,
  { current, password }: { current: string; password: string },
): Promise<void> {
  const { db } = core.store
  mustBeLong(password)
  const has = (await selectPassword(db, row.user_id)) !== undefined
  if (has && !(await checkPassword(core, row.user_id, current))) {
    throw new Fault('login_failed', { message: 'The password until now is another.', param: 'current' })
  }
  await requireOwnKey(db, row)
  const hash = await hashOf(password)
  await write(core, async (writing) => {
    const { tx, now, append } = writing
    await tx
      .insertInto('passwords')
      .values({ user_id: row.user_id, hash, changed_at: now })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash, changed_at: now }))
      .execute()
    for (const other of await selectSessions(tx, row.user_id, livingAt(now.getTime())))
      if (other.id !== row.id) await endSession(core, writing, other, actor)
    append({ project_id: row.project_id, kind: 'password.changed', actor, data: { user_id: row.user_id } })
  })
}

/** @throws Fault invalid_body */
export function mustBeLong(password: string): void {
  const { passwordCharactersMin: least, passwordCharactersMax: most } = limits
  if (password.length >= least && password.length <= most) return
  throw new Fault('invalid_body', { message: `password: must have ${least} to ${most} characters`, param: 'password' })
}

/**
 * What guards an account is set by who came with a password, or by a key that only they have held.
 * @throws Fault key_of_another
 */
export async function requireOwnKey(db: Database, row: KnownSession['row']): Promise<void> {
  if (row.key_id !== null && !(await isOwnKey(db, row.key_id, row.user_id))) throw new Fault('key_of_another')
}

/** Nobody but this person has held its value, or that of what made it. */
async function isOwnKey(db: Database, keyId: string, userId: string): Promise<boolean> {
  const line = await selectKeyLine(db, keyId)
  const others = await selectKeysOfOthers(db, line, userId)
  return others.length === 0 && line.every((id) => id === userId || id.startsWith('key_'))
}
