import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openOutbox } from '@xerotier/link/outbox.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { credentialsFileFor, readyCredentialsFolder } from './credentials.ts'
import { environmentOf } from './environment.ts'
import { settleInterrupted } from './executions.ts'
import { binding, createBench } from './fixtures/recording-link.ts'

const schema = '{ type: object, additionalProperties: false, properties: { size: { type: integer, default: 3 } } }'
const bundle = `
name: test
version: '1'
domain: test
tools:
  - { name: slow_read, description: d, risk: read, input_schema: ${schema}, command: [sleep, '60'] }
  - { name: slow_write, description: d, risk: write, input_schema: ${schema}, command: [sleep, '60'] }
  - { name: echo, description: d, risk: read, input_schema: ${schema}, builtin: bench_echo }
  - { name: callback, description: d, risk: read, input_schema: ${schema}, builtin: router_tools_list }
  - { name: with_credentials, description: d, risk: read, credentials_ref: named.yaml, env: { CREDENTIALS: '{credentials_file}' }, input_schema: ${schema}, command: [printenv, CREDENTIALS] }
`

test('at shutdown a call that may run only once is interrupted, and one that may run again says nothing', async () => {
  const bench = createBench(bundle)
  const read = bench.frame('slow_read', {})
  const write = bench.frame('slow_write', {})
  bench.executions.dispatch([read, write])
  await bench.until('accepted', read.execution_id)
  await bench.until('accepted', write.execution_id)
  bench.executions.interrupt()
  await bench.executions.idle()
  const results = bench.frames.filter((frame) => frame.t === 'result')
  assert.deepEqual(
    results.map((result) => [result.execution_id, result.outcome, result.error?.code]),
    [[write.execution_id, 'interrupted', 'execution_interrupted']],
  )
  await bench.close()
})

test('the next attempt of a forgotten call starts although its processes are still ending', async () => {
  const bench = createBench(bundle, { maxConcurrent: 1 })
  const first = bench.frame('slow_read', {})
  bench.executions.dispatch([first])
  await bench.until('accepted', first.execution_id)
  bench.executions.forget(first)
  const second = { ...first, attempt: first.attempt + 1 }
  bench.executions.dispatch([second])
  assert.deepEqual(
    bench.executions.running().map((call) => call.attempt),
    [second.attempt],
  )
  bench.executions.cancel(second)
  const result = await bench.until('result', first.execution_id)
  assert.deepEqual([result.attempt, result.outcome], [second.attempt, 'cancelled'])
  await bench.executions.idle()
  assert.equal(bench.frames.filter((frame) => frame.t === 'refused' || frame.t === 'result').length, 1)
  await bench.close()
})

test('a call begun by a process that died is settled as interrupted by the next', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-outbox-'))
  const path = join(folder, 'queue.sqlite')
  const call = { execution_id: '00000000-0000-4000-8000-000000000001', attempt: 2, lease_epoch: 3 }
  const script = `const { openOutbox } = await import(${JSON.stringify(import.meta.resolve('@xerotier/link/outbox.ts'))})
    openOutbox(${JSON.stringify(path)}).begin([${JSON.stringify(call)}]); process.kill(process.pid, 'SIGKILL')`
  assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal, 'SIGKILL')
  const outbox = openOutbox(path)
  assert.deepEqual(settleInterrupted(outbox, 42), [call])
  const [result] = outbox.pending()
  assert.deepEqual(
    [result?.outcome, result?.error?.code, result?.attempt, result?.finished_at],
    ['interrupted', 'execution_interrupted', 2, 42],
  )
  assert.deepEqual(outbox.interrupted(), [])
  outbox.close()
  rmSync(folder, { recursive: true })
})

test('a function answers with a JSON result', async () => {
  const bench = createBench(bundle)
  const frame = bench.frame('echo', { size: 3 })
  bench.executions.dispatch([frame])
  const { result, started_at } = await bench.until('result', frame.execution_id)
  assert.deepEqual(result, { payload: 'xxx' })
  assert.ok(started_at !== null)
  // It had its answer at once: a frame that says it began would only double the traffic.
  assert.deepEqual(
    bench.frames.map((one) => one.t),
    ['result'],
  )
  await bench.close()
})

test('a tool that calls back fails with router_callback_missing when there is no token', async () => {
  const bench = createBench(bundle)
  const frame = bench.frame('callback', {})
  bench.executions.dispatch([frame])
  assert.equal((await bench.until('result', frame.execution_id)).error?.code, 'router_callback_missing')
  await bench.close()
})

test('a credential file is taken by the name of tool or binding, as it is when the call starts', async () => {
  const bench = createBench(bundle)
  const folder = join(bench.folder, 'credentials')
  const run = async (credentials_ref: string | null) => {
    const frame = bench.frame('with_credentials', {}, { workspace: { ...binding, credentials_ref } })
    bench.executions.dispatch([frame])
    const result = await bench.until('result', frame.execution_id)
    return result.error?.code ?? bench.output(frame.execution_id).trim()
  }
  assert.equal(await run(null), 'credentials_missing')
  mkdirSync(folder)
  writeFileSync(join(folder, 'named.yaml'), 'x')
  writeFileSync(join(folder, 'bound.yaml'), 'x')
  assert.equal(await run(null), join(folder, 'named.yaml'))
  assert.equal(await run('bound.yaml'), join(folder, 'bound.yaml'), 'the binding wins')
  assert.equal(await run('other.yaml'), 'credentials_missing')
  await bench.close()
})

test('no name leads out of the credentials folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-credentials-'))
  const inside = join(folder, 'credentials')
  mkdirSync(join(inside, 'sub'), { recursive: true })
  writeFileSync(join(folder, 'outside'), 'x')
  writeFileSync(join(inside, 'good.yaml'), 'x')
  symlinkSync('../outside', join(inside, 'leads-out'))
  symlinkSync('good.yaml', join(inside, 'leads-in'))
  const find = (credentials_ref: string) =>
    credentialsFileFor({ ref: undefined, used: true, optional: true }, { workspace: 'w', credentials_ref }, inside)
  for (const name of ['../outside', '/etc/passwd', 'leads-out', 'sub', '..', '.', '', 'a/b', 'none']) {
    assert.throws(() => find(name), { code: 'credentials_missing' }, name)
  }
  assert.equal(find('good.yaml'), join(inside, 'good.yaml'))
  assert.equal(find('leads-in'), join(inside, 'good.yaml'))
  const perWorkspace = { ref: '{workspace}.yaml', used: true, optional: true }
  assert.equal(
    credentialsFileFor(perWorkspace, { workspace: 'good', credentials_ref: null }, inside),
    join(inside, 'good.yaml'),
  )
  assert.equal(credentialsFileFor(perWorkspace, { workspace: 'prod', credentials_ref: null }, inside), undefined)
  rmSync(folder, { recursive: true })
})

test('a tool runs without its credential file only where its bundle says so', () => {
  const inside = mkdtempSync(join(tmpdir(), 'xem-credentials-'))
  const prod = { workspace: 'prod', credentials_ref: null }
  for (const ref of ['{workspace}.yaml', 'fixed.yaml']) {
    const find = (optional: boolean) => credentialsFileFor({ ref, used: true, optional }, prod, inside)
    assert.throws(() => find(false), { code: 'credentials_missing', message: /"(prod|fixed)\.yaml" is not there/ })
    assert.equal(find(true), undefined)
  }
  // What an operator names for a workspace is never optional.
  const bound = { workspace: 'prod', credentials_ref: 'bound.yaml' }
  const rules = { ref: '{workspace}.yaml', used: true, optional: true }
  assert.throws(() => credentialsFileFor(rules, bound, inside), { code: 'credentials_missing' })
  rmSync(inside, { recursive: true })
})

test("the host's own credentials do not stand in for a file that a link promises, or a folder that is gone", () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-credentials-'))
  const inside = join(folder, 'credentials')
  const find = () =>
    credentialsFileFor(
      { ref: '{workspace}.yaml', used: true, optional: true },
      { workspace: 'prod', credentials_ref: null },
      inside,
    )
  readyCredentialsFolder(inside, false, silentLog)
  assert.throws(find, { code: 'credentials_missing', message: /XEM_CREDENTIALS_DIR/ })
  readyCredentialsFolder(inside, true, silentLog)
  assert.equal(find(), undefined)
  symlinkSync('gone.yaml', join(inside, 'prod.yaml'))
  assert.throws(find, { code: 'credentials_missing' })
  writeFileSync(join(inside, 'gone.yaml'), 'x')
  assert.equal(find(), join(inside, 'gone.yaml'))
  rmSync(folder, { recursive: true })
})

test("the host's own credentials are not passed beside a credential file, which they would override", () => {
  const rules = {
    env: { FILE: '{credentials_file}', NAME: '{workspace}' },
    passEnv: ['REGION'],
    hostEnv: ['SECRET_KEY'],
  }
  const host = { PATH: '/bin', REGION: 'r', SECRET_KEY: 's', XEM_JOIN_KEY: 'j' }
  const use = { workspace: 'w', tmpDir: '/t', marks: {} }
  assert.deepEqual(environmentOf(rules, host, { ...use, credentialsFile: undefined }), {
    TMPDIR: '/t',
    PATH: '/bin',
    REGION: 'r',
    SECRET_KEY: 's',
    NAME: 'w',
  })
  assert.deepEqual(environmentOf(rules, host, { ...use, credentialsFile: '/c' }), {
    TMPDIR: '/t',
    PATH: '/bin',
    REGION: 'r',
    FILE: '/c',
    NAME: 'w',
  })
  assert.deepEqual(
    environmentOf({ env: {}, passEnv: ['XEM_JOIN_KEY'], hostEnv: [] }, host, { ...use, credentialsFile: undefined }),
    {
      TMPDIR: '/t',
      PATH: '/bin',
    },
  )
})

test('a call is a span of the trace that its dispatch is part of, and its tool one below', async () => {
  const spans: unknown[] = []
  const bench = createBench(bundle, {
    tracing: {
      start: (name, parent, attributes) => ({
        traceparent: 'below',
        end: (end) => void spans.push([name, parent, attributes.tool, end.ok]),
      }),
      record: (name, parent, { ok, attributes }) => void spans.push([name, parent, attributes.tool, ok]),
      counts: () => undefined,
      close: async () => {},
    },
  })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const frame = bench.frame('echo', {}, { traceparent })
  bench.executions.dispatch([frame])
  await bench.until('result', frame.execution_id)
  assert.deepEqual(spans, [
    ['tool', 'below', 'echo', true],
    ['execute', traceparent, 'echo', true],
  ])
  await bench.close()
})
