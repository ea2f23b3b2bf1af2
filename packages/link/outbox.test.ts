import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'
import { openOutbox } from './outbox.ts'

const call = { execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }
const result: ResultFrame = {
  t: 'result',
  ...call,
  outcome: 'completed',
  exit_code: 0,
  signal: null,
  error: null,
  result: null,
  started_at: 1,
  finished_at: 2,
  stdout_bytes: 0,
  stderr_bytes: 0,
  truncated: false,
}

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
