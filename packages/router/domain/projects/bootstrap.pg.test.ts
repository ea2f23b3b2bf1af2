import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { openStore, type Store } from '../../store/database.ts'
import { createKeyring } from '../api-keys/keyring.ts'
import { bootstrapProject } from './bootstrap.ts'

let folder: string
let keyFile: string
let store: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xerotier-bootstrap-'))
  keyFile = join(folder, 'api-key')
  store = openStore((await cloneDatabase()).url, { connections: 4, onError() {} })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const bootstrap = (from: Store = store) =>
  bootstrapProject(
    { store: from, clock: systemClock, log: silentLog },
    { slug: 'local', keyFile, allowSelfApproval: true },
  )
const keyInFile = () => readFileSync(keyFile, 'utf8').trim()
const principal = async () => (await createKeyring(store.db, systemClock).find(keyInFile()))?.principal

test('the first start makes a project and a key with every scope, in a file of its owner alone', async () => {
  const projectId = await bootstrap()
  assert.equal(statSync(keyFile).mode & 0o777, 0o600)
  const found = await principal()
  assert.deepEqual([found?.projectId, found?.projectSlug, found?.allowSelfApproval], [projectId, 'local', true])
  assert.deepEqual(found?.scopes, ['inference', 'execution', 'management'])
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
  assert.equal(await principal(), undefined)
  await bootstrap()
  assert.equal(keyInFile(), key)
  assert.ok(await principal())
})

test('two first starts at once make one project', async () => {
  const made = await Promise.all([bootstrap(), bootstrap(), bootstrap()])
  assert.equal(made.filter((id) => id !== undefined).length, 1)
  assert.ok(await principal())
})

test('a key file that others may read is not used', async () => {
  writeFileSync(keyFile, 'xero_local_x')
  chmodSync(keyFile, 0o644)
  await assert.rejects(bootstrap(), /0600/)
})
