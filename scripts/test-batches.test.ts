import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, run, test } from 'node:test'
import { aloneFiles, batched, longFiles } from './test-batches.ts'
import { reportTests } from './test-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-batched-'))
after(() => rmSync(folder, { recursive: true }))

/** Runs test files of these sources in one process. */
async function reportOf(sources: Record<string, string>) {
  const paths = Object.entries(sources).map(([name, source]) => {
    const path = join(folder, `${name}.test.mjs`)
    writeFileSync(path, `import { before, after, test } from 'node:test'\n${source}`)
    return path
  })
  const { files, batches } = batched(paths, { folder, processes: 1 })
  const lines: string[] = []
  // Without this the child takes itself for part of our own run.
  const context = process.env.NODE_TEST_CONTEXT
  delete process.env.NODE_TEST_CONTEXT
  try {
    const print = (line: string) => lines.push(line)
    const totals = await reportTests(run({ files, timeout: 10_000 }), { print, stalledMs: 60_000, batches })
    return { ...totals, processes: files.length, text: lines.join('\n') }
  } finally {
    if (context !== undefined) process.env.NODE_TEST_CONTEXT = context
  }
}

test('long files come first, the longest first, then those that go alone, each in a process of its own', () => {
  const [first = '', second = ''] = longFiles
  const [alone = ''] = aloneFiles
  const few = Array.from({ length: 20 }, (_, nth) => `${nth}.test.ts`)
  const { files, batches } = batched([...few, second, alone, first], { folder, processes: 2 })
  assert.deepEqual(files, [first, second, alone, ...batches.keys()])
  assert.deepEqual(
    [...batches.values()],
    [few.slice(0, 8), few.slice(8, 16), few.slice(16)].map((paths) => paths.map((path) => resolve(path))),
  )
})

test('a few files have a process each, so that none waits for another', () => {
  const { batches } = batched(['a.test.ts', 'b.test.ts'], { folder, processes: 4 })
  assert.deepEqual([...batches.values()], [[resolve('a.test.ts')], [resolve('b.test.ts')]])
})

test('every file that is named is there', () => {
  const missing = [...longFiles, ...aloneFiles].filter((path) => !existsSync(join(import.meta.dirname, '..', path)))
  assert.deepEqual(missing, [])
})

test('files of one process run one after another, each with its own hooks and its own line', async () => {
  const { passed, failed, processes, text } = await reportOf({
    first: `
      const said = (globalThis.said ??= [])
      await new Promise(setImmediate)
      before(() => said.push('before'))
      after(() => said.push('after'))
      test('one', () => said.push('one'))
      test('two', () => { console.log('last words'); throw new Error('boom') })`,
    second: `
      import assert from 'node:assert'
      test('sees what the first has done', () => assert.deepEqual(globalThis.said, ['before', 'one', 'after']))`,
  })
  assert.deepEqual({ passed, failed, processes }, { passed: 2, failed: 1, processes: 1 })
  assert.match(text, /^FAIL .*first\.test\.mjs {2}2 tests, 1 failed/m)
  assert.match(text, /^ok {3}.*second\.test\.mjs {2}1 tests, 0 failed/m)
  assert.match(text, /FAILED two\n .*first\.test\.mjs:8[\s\S]*boom/)
  assert.match(text, /OUTPUT of .*first\.test\.mjs, .*second\.test\.mjs\n {2}last words/)
  assert.doesNotMatch(text, /batch-/)
})

test('a file that does not load fails alone', async () => {
  const { passed, failed, text } = await reportOf({
    broken: `import './missing.mjs'`,
    whole: `test('fine', () => {})`,
  })
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 })
  assert.match(text, /FAILED .*broken\.test\.mjs[\s\S]*Cannot find module .*missing\.mjs/)
})

test('when a process dies, the files are named that had not ended', async () => {
  const { failed, text } = await reportOf({
    deadly: `test('dies', () => process.kill(process.pid, 'SIGKILL'))`,
    never: `test('fine', () => {})`,
  })
  assert.equal(failed, 1)
  assert.match(text, /FAIL .*deadly\.test\.mjs {2}did not end/)
  assert.match(text, /the process of .* ended with SIGKILL/)
})
