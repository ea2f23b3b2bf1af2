// What law L2 rests on: one process has the journal, and what it recorded is on disk before a call
// starts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { after, afterEach, mock, test } from 'node:test'
import { openOutbox } from './outbox.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
after(() => rmSync(folder, { recursive: true }))
afterEach(() => mock.restoreAll())

const call = { execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }

/** What becomes of another process that opens the journal and begins the call. */
async function other(path: string): Promise<string> {
  const program = `
    const { openOutbox } = await import('${import.meta.resolve('./outbox.ts')}')
    let outbox
    try {
      outbox = openOutbox(process.argv[1])
    } catch {
      console.log('not opened')
      process.exit()
    }
    console.log(outbox.begin([${JSON.stringify(call)}]).length === 0 ? 'begun' : 'known')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await text(child.stdout)).trim()
}

test('a journal has one owner: a second process begins nothing while the first has it', async () => {
  const path = join(folder, 'owned.sqlite')
  const outbox = openOutbox(path)
  // Before the first has begun anything, and while it holds no transaction.
  assert.equal(await other(path), 'not opened')
  assert.deepEqual(outbox.begin([call]), [])
  outbox.close()
  assert.equal(await other(path), 'known')
})

test('every commit of the journal is synced', () => {
  const handles = new Set<DatabaseSync>()
  const prepare = DatabaseSync.prototype.prepare
  mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string) {
    handles.add(this)
    return prepare.call(this, sql)
  })
  const outbox = openOutbox(join(folder, 'synced.sqlite'))
  outbox.begin([call])
  assert.equal(handles.size, 1)
  const pragma = (name: string) =>
    [...handles].map((handle) => Object.values(prepare.call(handle, `pragma ${name}`).get()!))
  // 2 is full (sqlite.org/pragma.html#pragma_synchronous): with WAL, `normal` syncs at checkpoints
  // only.
  assert.deepEqual(pragma('synchronous'), [[2]])
  assert.deepEqual(pragma('journal_mode'), [['wal']])
  outbox.close()
})
