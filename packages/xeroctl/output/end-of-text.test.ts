import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { execution } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'
import { endOf } from './end-of-text.ts'

async function shown(t: TestContext, change: Partial<ExecutionDetail>, words: string[] = [], options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, execution(change)))
  t.after(() => server.close())
  const env = { ...envFor(server), NO_COLOR: '1' }
  return xeroctl(t, ['exec', 'show', 'exe_1', ...words], { env, ...options })
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('')

test('on a terminal exec show ends each stream of output with its last 50 lines, and says where all of it is', async (t) => {
  const { stdout, stderr } = await shown(t, { stdout: lines(51), stderr: lines(50) }, [], { terminal: 80 })
  assert.match(stdout, /^Output:\n {2}… 7 characters before this\n {2}line 2\n/m)
  assert.match(stdout, /^Error output:\n {2}line 1\n/m)
  assert.equal(stderr, 'only the end of the output is shown here; all of it: xeroctl exec raw exe_1\n')
  assert.equal((await shown(t, { stdout: lines(50) }, [], { terminal: 80 })).stderr, '')
})

test('in a pipe and under -o json exec show has all of it', async (t) => {
  const record = { stdout: lines(2000) }
  const piped = await shown(t, record)
  assert.deepEqual([/^ {2}line 1$/m.test(piped.stdout), piped.stderr], [true, ''])
  const whole = await shown(t, record, ['-o', 'json'], { terminal: 80 })
  assert.deepEqual([JSON.parse(whole.stdout).stdout, whole.stderr], [record.stdout, ''])
})

test('a long line counts as the rows that it takes', () => {
  const long = 'x'.repeat(795)
  assert.deepEqual(endOf(`${long}\n${lines(40)}`, 80).hidden, 0)
  assert.deepEqual(endOf(`${long}\n${lines(41)}`, 80).hidden, 796)
  assert.deepEqual(endOf('y'.repeat(5000), 80), { shown: 'y'.repeat(4000), hidden: 1000 })
})

test('empty lines, no last line break and nothing at all are no trouble', () => {
  for (const text of ['', '\n', '\n\n', 'a', '\na', 'a\n\n'])
    assert.deepEqual(endOf(text, 80), { shown: text, hidden: 0 })
  assert.equal(endOf('\n'.repeat(60), 80).shown.length, 50)
})
