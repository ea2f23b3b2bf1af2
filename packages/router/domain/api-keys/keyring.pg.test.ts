import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { openStore, type Store } from '../../store/database.ts'
import { bootstrapProject } from '../projects/bootstrap.ts'
import { createKeyring } from './keyring.ts'

let clock: SettableClock
let store: Store
let value: string
let projectId: string

before(async () => {
  clock = settableClock()
  store = openStore((await cloneDatabase()).url, { connections: 4, clock: systemClock, onError() {} })
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-keyring-'))
  const keyFile = join(folder, 'api-key')
  const records = { store, clock, log: silentLog, eventLog: { wake() {} } }
  projectId = (await bootstrapProject(records, {
    slug: 'local',
    keyFile,
    allowSelfApproval: true,
    owner: 'owner@localhost',
  }))!
  value = readFileSync(keyFile, 'utf8').trim()
  rmSync(folder, { recursive: true })
})
after(() => store.close())

/** As another router does it: this one is not told. */
const revokeElsewhere = (at: Date | null) => store.db.updateTable('api_keys').set({ revoked_at: at }).execute()

test('a key that another router revoked is refused once it was remembered for 5 s, wherever the wall clock is put', async () => {
  const keyring = createKeyring(store.db, clock)
  assert.ok(await keyring.find(value))
  await revokeElsewhere(new Date(clock.now()))
  assert.ok(!(keyring.find(value) instanceof Promise), 'it is remembered')
  clock.setWall(clock.now() - 3_600_000)
  await clock.advance(5000)
  assert.equal(await keyring.find(value), undefined)
  assert.equal(keyring.knew(value), false)
})

test('a key of a person acts as that person, until they are deactivated or leave the project', async () => {
  const anna = await personForTests({ store, clock }, projectId, 'anna')
  const keyring = createKeyring(store.db, clock)
  const found = await keyring.find(anna.key)
  assert.deepEqual(
    [found?.actor.kind, found?.actor.id, found?.actor.name, found?.actor.key.id, found?.actor.person?.email],
    ['person', anna.id, 'anna', anna.keyId, anna.email],
  )
  const told: string[] = []
  const stop = keyring.watch(found!.actor, () => told.push('anna'))
  const setActive = (active: boolean) =>
    store.db.updateTable('users').set({ active }).where('id', '=', anna.id).execute()
  await setActive(false)
  keyring.forgetPerson('usr_another')
  assert.deepEqual(told, [])
  keyring.forgetPerson(anna.id)
  assert.deepEqual(told, ['anna'])
  assert.equal(await keyring.find(anna.key), undefined)
  await setActive(true)
  assert.ok(await keyring.find(anna.key))
  stop()
  await store.db.deleteFrom('project_members').where('user_id', '=', anna.id).execute()
  keyring.forgetPerson(anna.id)
  assert.equal(await keyring.find(anna.key), undefined)
  assert.deepEqual(told, ['anna'])
})
