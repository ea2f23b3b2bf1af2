import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, run, test } from 'node:test'
import { reportTests } from './test-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-report-'))
after(() => rmSync(folder, { recursive: true }))

async function reportOf(
  source: string,
  { stalledMs = 60_000, copies = 1 } = {},
): Promise<{ passed: number; failed: number; text: string }> {
  const files = Array.from({ length: copies }, () => {
    const file = join(folder, `${Math.random().toString(36).slice(2)}.test.mjs`)
    writeFileSync(file, `import { test, suite } from 'node:test'\n${source}`)
    return file
  })
  const lines: string[] = []
  // Without this the child takes itself for part of our own run.
  const context = process.env.NODE_TEST_CONTEXT
  delete process.env.NODE_TEST_CONTEXT
  try {
    const stop = new AbortController()
    const print = (line: string) => lines.push(line)
    const totals = await reportTests(run({ files, timeout: 1000, signal: stop.signal }), { print, stalledMs })
    stop.abort()
    return { ...totals, text: lines.join('\n') }
  } finally {
    if (context !== undefined) process.env.NODE_TEST_CONTEXT = context
  }
}

test('tests are counted, suites and parents of failures are not', async () => {
  const { passed, failed, text } = await reportOf(`
    test('fine', () => {})
    suite('a suite', () => { test('inner', () => { throw new Error('boom') }) })
    test('parent', async (t) => { await t.test('child', () => { throw new Error('bang') }) })
  `)
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 2 })
  assert.match(text, /FAILED inner[\s\S]*boom/)
  assert.match(text, /FAILED child[\s\S]*bang/)
})

test('a skip is named with its reason and counted apart', async () => {
  const { passed, failed, text } = await reportOf(`
    test('fine', () => {})
    test('later', { skip: 'no kubectl here' }, () => {})
  `)
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 0 })
  assert.match(text, /skipped: later \(no kubectl here\)\n1 skipped$/)
})

test('a file that does not load is a failure, and its last words are shown', async () => {
  const { passed, failed, text } = await reportOf(`import './missing.mjs'`)
  assert.deepEqual({ passed, failed }, { passed: 0, failed: 1 })
  assert.match(text, /Cannot find module .*missing\.mjs/)
})

test('a file that outlives its timed-out test is a failure, not a hang', async () => {
  const { passed, failed, text } = await reportOf(
    `test('fine', () => {})
     test('hangs', () => { setInterval(() => {}, 60_000); return new Promise(() => {}) })`,
    { stalledMs: 3000 },
  )
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 2 })
  assert.match(text, /FAIL .*did not end/)
  assert.match(text, /FAILED hangs[\s\S]*timed out after 1000ms/)
})

test('of more than ten files the ten slowest are named', async () => {
  const { passed, text } = await reportOf(`test('fine', () => {})`, { copies: 11 })
  assert.equal(passed, 11)
  const [, slowest = ''] = text.split('the slowest files:\n')
  const seconds = slowest.split('\n').map((line) => Number(/^ *(\d+\.\d) s {2}.*\.test\.mjs$/.exec(line)?.[1]))
  assert.equal(seconds.length, 10)
  assert.deepEqual(
    seconds,
    seconds.toSorted((a, b) => b - a),
  )
  assert.doesNotMatch((await reportOf(`test('fine', () => {})`)).text, /slowest/)
})
