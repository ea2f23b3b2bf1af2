import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { openStore, type Store } from '../../store/database.ts'
import { createEnrolledKeys } from './enrolled-keys.ts'

let store: Store
before(async () => {
  store = openStore((await cloneDatabase()).url, { connections: 2, clock: systemClock, onError() {} })
  await store.pool.query(`insert into projects values ('p', 'p', 'p', false, now())`)
})
after(() => store.close())
beforeEach(() => store.pool.query('delete from agents'))

const enroll = (id: string, key: string) =>
  store.pool.query(
    `insert into agents (id, project_id, name, role, region, state, signing_public_key, curve_public_key, enrolled_at)
     values ($1, 'p', $1, 'xem', 'eu', 'pending', 'x', $2, now())`,
    [id, key],
  )
const version = async () => (await store.pool.query('select version from versions')).rows[0].version as number

test('keys that anybody enrolled, changed or revoked are known after the next look', async () => {
  const keys = createEnrolledKeys({ store, clock: systemClock })
  await enroll('a', 'key-a')
  await keys.refresh()
  assert.deepEqual(keys.get('key-a'), { agentId: 'a', signingPublicKeys: [Buffer.from('x')] })

  await enroll('b', 'key-b')
  await store.pool.query(`update agents set curve_public_key = 'key-a2' where id = 'a'`)
  await keys.refresh()
  assert.deepEqual(
    ['key-a', 'key-a2', 'key-b'].map((key) => keys.get(key)?.agentId),
    [undefined, 'a', 'b'],
  )

  await store.pool.query(`update agents set state = 'suspended' where id = 'a'`)
  await store.pool.query(`update agents set deleted_at = now() where id = 'b'`)
  await keys.refresh()
  assert.deepEqual([keys.get('key-a2'), keys.get('key-b')], [undefined, undefined])

  await store.pool.query(`update agents set state = 'pending' where id = 'a'`)
  await keys.refresh()
  assert.equal(keys.get('key-a2')?.agentId, 'a')
})

test('what a session writes about its agent leaves the keys alone', async () => {
  await enroll('a', 'key-a')
  const before = await version()
  await store.pool.query(`update agents set state = 'active', lease_epoch = 7, last_heartbeat_at = now()`)
  await store.pool.query(`update agents set state = 'disconnected', manifest_hash = 'x'`)
  assert.equal(await version(), before)
})

test('keys are read only when their version is another, and what this router did counts at once', async () => {
  const keys = createEnrolledKeys({ store, clock: systemClock })
  await enroll('a', 'key-a')
  await keys.refresh()
  keys.remove('key-a')
  await keys.refresh()
  assert.equal(keys.get('key-a'), undefined)
  const signing_public_key = Buffer.alloc(32)
  keys.add({ id: 'b', curve_public_key: 'key-b', signing_public_key })
  assert.deepEqual(keys.get('key-b'), { agentId: 'b', signingPublicKeys: [signing_public_key] })
  // Neither was in the database: what it says stands once it has moved.
  await enroll('c', 'key-c')
  await keys.refresh()
  assert.deepEqual(
    ['key-a', 'key-b', 'key-c'].map((key) => keys.get(key)?.agentId),
    ['a', undefined, 'c'],
  )
})

test('a key that is revoked here while all are read does not come back', async () => {
  await enroll('a', 'key-a')
  const keys = createEnrolledKeys({ store, clock: systemClock })
  const reading = keys.refresh()
  await store.pool.query(`update agents set state = 'suspended'`)
  keys.remove('key-a')
  await reading
  assert.equal(keys.get('key-a'), undefined)
  await keys.refresh()
  assert.equal(keys.get('key-a'), undefined)
})
