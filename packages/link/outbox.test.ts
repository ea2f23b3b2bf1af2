import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { resultOf } from './fixtures/result.ts'
import { openOutbox } from './outbox.ts'

/**
 * Runs `source` with `outbox` (at `path`) and `callOf` where no file may grow beyond 100 KB, and
 * answers what it prints as JSON.
 */
function onFullDisk(path: string, source: string): unknown {
  const program = `
    const { openOutbox } = await import('${import.meta.resolve('./outbox.ts')}')
    const outbox = openOutbox(process.argv[1])
    const callOf = (number) => ({ execution_id: String(number).padStart(36, '0'), attempt: 1, lease_epoch: 1 })
    const failed = (work) => {
      try {
        work()
      } catch (error) {
        return error.message
      }
    }
    const print = (answer) => console.log(JSON.stringify(answer))
    /** Calls until one is not taken; its number. */
    const fill = () => {
      for (let number = 1000; ; number++) if (failed(() => outbox.begin([callOf(number)]))) return number
    }
    ${source}`
  const node = [process.execPath, '--input-type=module', '-e', program, path]
  // Blocks of 512 bytes. What reaches the limit fails as what fills a disk does.
  const done = spawnSync('sh', ['-c', 'ulimit -f 200; exec "$@"', 'sh', ...node], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr)
  return JSON.parse(done.stdout)
}

const call = { execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }
const result = resultOf(call)

test('what a clean end flushed is known to the next process: the result, not that the call was interrupted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const before = openOutbox(path)
  before.begin([call])
  before.settle(result, { durable: false })
  before.flush()
  before.close()
  const after = openOutbox(path)
  assert.deepEqual(after.interrupted(), [])
  assert.deepEqual(after.pending(), [result])
  after.close()
  rmSync(folder, { recursive: true })
})

test('a result that goes to disk takes along the output that the router does not have, until it is acknowledged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const piece = (seq: number): OutputFrame => {
    return { t: 'output', ...call, seq, stream: 'stdout', at: 1, data: new Uint8Array(Buffer.from(`piece ${seq}`)) }
  }
  const other = { ...piece(0), execution_id: call.execution_id.replace('1', '2') }
  const before = openOutbox(path)
  for (const kept of [piece(0), piece(1), piece(2), other]) before.output.add(kept)
  before.output.acknowledge(call.execution_id, 1, 0)
  before.settle(result, { durable: false })
  before.persist([result])
  before.close()

  const after = openOutbox(path)
  const seen = after.output.all().map((kept) => [kept.execution_id, kept.seq, Buffer.from(kept.data).toString()])
  assert.deepEqual(seen, [
    [call.execution_id, 1, 'piece 1'],
    [call.execution_id, 2, 'piece 2'],
  ])
  after.acknowledge(call)
  after.flush()
  after.close()
  const last = openOutbox(path)
  assert.deepEqual([last.output.all(), last.pending()], [[], []])
  last.close()
  rmSync(folder, { recursive: true })
})

test('a call whose start cannot be written says why and is not known; those before it stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const answer = onFullDisk(
    path,
    `const number = fill()
    const error = failed(() => outbox.begin([callOf(number)]))
    print({ number, error, has: outbox.has(callOf(number)) })`,
  ) as { number: number; error: string; has: boolean }
  assert.match(answer.error, /disk/)
  assert.equal(answer.has, false)
  const outbox = openOutbox(path)
  assert.equal(outbox.interrupted().length, answer.number - 1000)
  outbox.close()
  rmSync(folder, { recursive: true })
})

test('on a full disk acknowledgements are taken, and what was acknowledged stays known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const answer = onFullDisk(
    path,
    `const calls = Array.from({ length: 512 }, (_, number) => callOf(number))
    outbox.begin(calls)
    const last = callOf(fill() - 1)
    const errors = calls.map((call) => failed(() => outbox.acknowledge(call))).filter(Boolean)
    print({ errors, known: outbox.begin(calls).length, flush: failed(() => outbox.flush()) ?? null, has: outbox.has(last) })`,
  )
  assert.deepEqual(answer, { errors: [], known: 512, flush: null, has: true })
  rmSync(folder, { recursive: true })
})

test('a flush fails only when a result is lost with the process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const answer = onFullDisk(
    path,
    `const result = ${JSON.stringify(result)}
    outbox.settle({ ...result, ...callOf(1) }, { durable: true })
    const number = fill()
    const saved = failed(() => outbox.flush()) ?? null
    outbox.settle({ ...result, ...callOf(number) }, { durable: false })
    const lost = failed(() => outbox.flush())
    outbox.acknowledge(callOf(number))
    print({ saved, lost, acknowledged: failed(() => outbox.flush()) ?? null })`,
  ) as { saved: string | null; lost: string; acknowledged: string | null }
  assert.match(answer.lost, /disk/)
  assert.deepEqual([answer.saved, answer.acknowledged], [null, null])
  const outbox = openOutbox(path)
  assert.equal(outbox.pending().length, 1)
  outbox.close()
  rmSync(folder, { recursive: true })
})

test('a file without a version is brought up to the first, and one of a later version is refused and left as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const version = (change = '') => {
    const db = new DatabaseSync(path)
    db.exec(change)
    const { user_version } = db.prepare('pragma user_version').get() as { user_version: number }
    db.close()
    return user_version
  }
  const outbox = openOutbox(path)
  outbox.begin([call])
  outbox.close()
  assert.equal(version('pragma user_version = 0'), 0)
  const older = openOutbox(path)
  assert.deepEqual(older.interrupted(), [call])
  older.close()
  assert.equal(version(), 1)
  version('pragma user_version = 2; drop table calls')
  assert.throws(() => openOutbox(path), {
    name: 'OutboxError',
    retry: false,
    message: `${path} was written by a later version of the agent (its schema is 2, this one knows 1); start that version again`,
  })
  assert.throws(() => version('select * from calls'), /no such table/)
  rmSync(folder, { recursive: true })
})

test('a file that cannot be opened is named, and what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const first = openOutbox(path)
  assert.throws(() => openOutbox(path), { retry: true, message: /queue\.sqlite is in use by another process/ })
  first.close()
  writeFileSync(path, 'x'.repeat(10_000))
  assert.throws(() => openOutbox(path), {
    retry: false,
    message: /queue\.sqlite is not a database, or damaged; move it away/,
  })
  assert.throws(() => openOutbox(folder), {
    retry: true,
    message: `${folder} cannot be opened: unable to open database file`,
  })
  rmSync(folder, { recursive: true })
})

test('what a burst took of the disk is given back once the router has acknowledged it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const outbox = openOutbox(path)
  const bytes = () =>
    ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0)
  const calls = Array.from({ length: 32 }, (_, n) => ({ ...call, execution_id: String(n).padStart(36, '0') }))
  for (const one of calls) outbox.settle({ ...resultOf(one), result: 'x'.repeat(500_000) }, { durable: true })
  assert.ok(bytes() > 15_000_000)
  for (const one of calls) outbox.acknowledge(one)
  outbox.flush()
  assert.ok(bytes() < 2_000_000, `${bytes()} bytes are left`)
  // It goes on as before.
  outbox.begin([call])
  outbox.close()
  assert.deepEqual(openOutbox(path).interrupted(), [call])
  rmSync(folder, { recursive: true })
})
