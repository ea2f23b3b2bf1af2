// Bundles whose MCP servers do not come up must not keep the others, or the end of the agent,
// waiting.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { loadCatalogue, loadMs } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xem-tools-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, rest: string): void {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'bundle.yaml'), `name: ${name}\nversion: '1'\ndomain: test\n${rest}`)
}

/** Its server says who it is, and nothing more. */
function writeHanging(name: string): () => Promise<number> {
  const script = 'echo $$ > pid.new; mv pid.new pid; exec sleep 600'
  write(name, `mcp: { command: /bin/sh, args: [-c, '${script}'] }\n`)
  const path = join(folder, name, 'pid')
  return () => until(path, () => (existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined))
}

const untilGone = (pid: number) => until(`the end of ${pid}`, () => !existsSync(`/proc/${pid}`) || undefined)

test('servers that do not list their tools wait at the same time, and not for long; the other bundles load', async () => {
  const clock = settableClock()
  const hanging = [writeHanging('a'), writeHanging('b')]
  write(
    'c',
    `tools: [{ name: c_tool, description: d, risk: read, input_schema: { type: object, properties: {} }, command: ['true'] }]`,
  )
  const loading = loadCatalogue({ ...catalogueOptions(folder), clock })
  const pids = await Promise.all(hanging.map((pid) => pid()))
  await clock.advance(loadMs)
  const { tools, bundles } = await loading
  assert.deepEqual([...tools.keys()], ['c_tool'])
  assert.deepEqual(
    bundles.map((bundle) => bundle.error?.replace(/.*: /, '') ?? null),
    [...Array(2).fill('the server did not list its tools within 30 seconds of the load'), null],
  )
  await Promise.all(pids.map(untilGone))
})

test('a load that is given up ends at once, and its servers with it', async () => {
  const stop = new AbortController()
  const pidOf = writeHanging('a')
  const loading = loadCatalogue({ ...catalogueOptions(folder), clock: settableClock(), aborted: stop.signal })
  const pid = await pidOf()
  stop.abort()
  await assert.rejects(loading, { message: 'stopped before all bundles were loaded' })
  await untilGone(pid)
})
