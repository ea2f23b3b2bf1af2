import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { type Log, silentLog } from '@xerotier/runtime/log.ts'
import { openStore, type Store } from '../../store/database.ts'
import { createKeyring } from '../api-keys/keyring.ts'
import { bootstrapProject } from './bootstrap.ts'

let folder: string
let keyFile: string
let store: Store
const owner = 'Olga@example.com'

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xerotier-bootstrap-'))
  keyFile = join(folder, 'api-key')
  store = openStore((await cloneDatabase()).url, { connections: 4, clock: systemClock, onError() {} })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const bootstrap = (from: Store = store, clock: Clock = systemClock, log: Log = silentLog, slug = 'local') =>
  bootstrapProject(
    { store: from, clock, log, eventLog: { wake() {} } },
    { slug, keyFile, allowSelfApproval: true, owner },
  )
const keyInFile = () => readFileSync(keyFile, 'utf8').trim()
const keyOfFile = async () => createKeyring(store.db, systemClock).find(keyInFile())

test('the first start makes a project and a key with every scope, in a file of its owner alone', async () => {
  const projectId = await bootstrap()
  assert.equal(statSync(keyFile).mode & 0o777, 0o600)
  const found = await keyOfFile()
  assert.deepEqual([found?.actor.projectId, found?.projectSlug], [projectId, 'local'])
  assert.deepEqual(found?.actor.scopes, ['inference', 'execution', 'management'])
})

test('the first key acts as the first owner, who is an admin', async () => {
  const project_id = await bootstrap()
  const actor = (await keyOfFile())?.actor
  assert.deepEqual([actor?.kind, actor?.name, actor?.person?.email], ['person', 'Olga', owner])
  const { rows } = await store.pool.query('select system_role, role from users join project_members on user_id = id')
  assert.deepEqual(rows, [{ system_role: 'admin', role: 'owner' }])
  const events = await store.pool.query('select project_id, kind, actor from events order by seq')
  assert.deepEqual(
    events.rows,
    ['project.created', 'user.created', 'member.added', 'api_key.created'].map((kind) => ({
      ...{ project_id, kind, actor: 'router' },
    })),
  )
})

test('a lost key of somebody who owns the project no more is followed by a service key', async () => {
  await bootstrap()
  await store.db.updateTable('project_members').set({ role: 'member' }).execute()
  rmSync(keyFile)
  await bootstrap()
  assert.equal((await keyOfFile())?.actor.kind, 'key')
})

test('a later start changes nothing', async () => {
  await bootstrap()
  const key = keyInFile()
  assert.equal(await bootstrap(), undefined)
  assert.equal(keyInFile(), key)
})

test('a crash after the file and before the commit heals at the next start', async () => {
  const broken = new Error('killed')
  const dying = {
    ...store,
    db: {
      transaction: () => ({
        execute: (work: (tx: never) => Promise<unknown>) =>
          store.db.transaction().execute(async (tx) => {
            await work(tx as never)
            throw broken
          }),
      }),
    },
  } as unknown as Store
  await assert.rejects(bootstrap(dying), broken)
  const key = keyInFile()
  assert.equal(await keyOfFile(), undefined)
  await bootstrap()
  assert.equal(keyInFile(), key)
  assert.ok(await keyOfFile())
})

for (const [what, lose] of [
  ['missing', () => rmSync(keyFile)],
  ['revoked', () => store.db.updateTable('api_keys').set({ revoked_at: new Date() }).execute()],
  ['expired', () => store.db.updateTable('api_keys').set({ expires_at: new Date() }).execute()],
  ['not of this project', () => writeFileSync(keyFile, `xero_local_${'x'.repeat(43)}\n`)],
] as const) {
  test(`a first key that is ${what} is replaced at the next start, on the record`, async () => {
    await bootstrap()
    const before = keyInFile()
    await lose()
    const said: unknown[] = []
    const log = { ...silentLog, notice: (_: object, text: string) => said.push(text) } as unknown as Log
    const clock = settableClock(Date.now() + 1)
    assert.equal(await bootstrap(store, clock, log), undefined)
    assert.deepEqual(said, [`the API key in the file is ${what}; a new one with every scope is there now`])
    assert.notEqual(keyInFile(), before)
    assert.equal(statSync(keyFile).mode & 0o777, 0o600)
    const found = await keyOfFile()
    assert.deepEqual(found?.actor.scopes, ['inference', 'execution', 'management'])
    const { rows } = await store.pool.query(
      "select data, actor from events where kind = 'api_key.created' order by seq",
    )
    assert.deepEqual(
      rows.map(({ actor, data }) => [actor, data.api_key_id === found?.actor.key.id]),
      [
        ['router', false],
        ['router', true],
      ],
    )
    const key = keyInFile()
    await bootstrap()
    assert.equal(keyInFile(), key)
  })
}

test('a file that cannot be used stops no router that has its project', async () => {
  await bootstrap()
  chmodSync(keyFile, 0o644)
  const key = keyInFile()
  assert.equal(await bootstrap(), undefined)
  assert.equal(keyInFile(), key)
})

test('another project than those of the database is not made, and gets no key', async () => {
  await bootstrap()
  const key = keyInFile()
  assert.equal(await bootstrap(store, systemClock, silentLog, 'other'), undefined)
  assert.equal(keyInFile(), key)
})

test('two first starts at once make one project', async () => {
  const made = await Promise.all([bootstrap(), bootstrap(), bootstrap()])
  assert.equal(made.filter((id) => id !== undefined).length, 1)
  assert.ok(await keyOfFile())
})

test('a key file that others may read is not used', async () => {
  writeFileSync(keyFile, 'xero_local_x')
  chmodSync(keyFile, 0o644)
  await assert.rejects(bootstrap(), /0600/)
})
