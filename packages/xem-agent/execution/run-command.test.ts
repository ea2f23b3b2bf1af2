import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pause } from '@xerotier/devkit/faults/pause.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Bench, createBench } from './fixtures/recording-link.ts'
import { coalesceMs } from './output.ts'
import { killGraceMs } from './process-group.ts'

const node = process.execPath
const text = 'type: object, additionalProperties: false, properties: { value: { type: string } }'
const tool = (name: string, script: string, more = '') => `
  - name: ${name}
    description: d
    risk: read
    ${more}
    input_schema: { ${text} }
    command: ['${node}', -e, ${JSON.stringify(script.replace(/[{}]/g, '$&$&'))}, --, '{value}']`

// Deaf to SIGTERM before it says anything: whoever has read its first line may signal it.
const forking = `
  const { spawn } = require('node:child_process');
  process.on('SIGTERM', () => console.log('deaf'));
  setInterval(() => {}, 1000);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  child.once('spawn', () => console.log(child.pid));`

// A leader of a session, and so of no group that its parent's signals reach. It holds the pipes of
// the call.
const escaping = `const c = require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit', detached: true }); c.once('spawn', () => console.log(c.pid));`

/** Long: a test that wants it over moves its clock. */
const deadlineMs = 3_600_000

const bundle = `
name: test
version: '1'
domain: test
tools:${tool('say', 'process.stdout.write(process.argv[1] ?? "nothing"); process.stderr.write("aside")')}${tool('fail', 'process.exit(3)')}${tool('fork', forking.replaceAll('\n', ' '), `timeout_ms: ${deadlineMs}`)}${tool('leave', `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); console.log(c.pid); c.unref()`)}${tool('escape', escaping)}${tool('daemon', `${escaping} c.unref()`)}${tool('environment', 'console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), stdin: require("node:fs").readFileSync(0, "utf8") }))')}${tool('flood', 'const piece = Buffer.alloc(65536, "x"); let left = 320; const go = () => { while (left-- > 0) if (!process.stdout.write(piece)) return process.stdout.once("drain", go) }; go()')}
  - name: missing
    description: d
    risk: read
    input_schema: { ${text} }
    command: [there-is-no-such-program]
  - name: stdin
    description: d
    risk: read
    input_schema: { ${text} }
    command: [cat]
    stdin: '{value}'
  - name: script
    description: d
    risk: read
    input_schema: { ${text} }
    command: [./script, '--value={value}']
`

// A PATH of its own: a folder that may not be read, on that of whoever runs the tests, changes what
// a missing program is.
const hostEnv = { PATH: '/usr/bin:/bin', HOME: '/', XEM_JOIN_KEY: 'xjk_secret', SOMETHING_ELSE: 'x' }

let bench: Bench
before(() => {
  bench = createBench(bundle, { hostEnv })
})
after(() => bench.close())

async function call(name: string, args: Record<string, unknown> = {}) {
  const frame = bench.frame(name, args)
  bench.executions.dispatch([frame])
  return { id: frame.execution_id, result: await bench.until('result', frame.execution_id) }
}

/** Gone, or a zombie that nobody has reaped. */
function isGone(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

const untilGone = (pid: number) => until(`the end of process ${pid}`, () => isGone(pid) || undefined)

test('a program is started, its two streams are told apart, and its end is the result', async () => {
  const { id, result } = await call('say', { value: 'hello' })
  assert.equal(result.outcome, 'completed')
  assert.equal(result.exit_code, 0)
  assert.equal(result.error, null)
  assert.deepEqual([result.stdout_bytes, result.stderr_bytes, result.truncated], [5, 5, false])
  assert.equal(bench.output(id), 'hello')
  assert.equal(bench.output(id, 'stderr'), 'aside')
  const kinds = bench.frames.filter((frame) => frame.execution_id === id).map((frame) => frame.t)
  assert.equal(kinds[0], 'accepted')
  assert.equal(kinds.at(-1), 'result')
})

test('hostile values arrive as they are, for there is no shell', async () => {
  for (const value of ['$(id)', ';rm -rf /', '`id`', '--kubeconfig=/x', '| cat', '\n', 'ü€😀', '']) {
    const { id, result } = await call('say', { value })
    assert.equal(result.outcome, 'completed')
    assert.equal(bench.output(id), value, JSON.stringify(value))
  }
})

test('an exit code other than 0 is a failure that names it', async () => {
  const { result } = await call('fail')
  assert.equal(result.outcome, 'failed')
  assert.equal(result.exit_code, 3)
  assert.deepEqual(result.error, { code: 'execution_failed', message: 'The program ended with exit code 3.' })
})

test('a program that is not there is tool_start_failed, and nothing was accepted', async () => {
  const { id, result } = await call('missing')
  assert.equal(result.error?.code, 'tool_start_failed')
  assert.match(result.error?.message ?? '', /not on the PATH/)
  assert.equal(result.started_at, null)
  assert.ok(!bench.frames.some((frame) => frame.t === 'accepted' && frame.execution_id === id))
})

test('a value that no argv can hold is refused', async () => {
  const { result } = await call('say', { value: 'a\0b' })
  assert.deepEqual(result.error, { code: 'invalid_arguments', message: 'The argument "value" holds a NUL character.' })
})

test('the environment is an allow-list, the folder is private and empty, and stdin is closed', async () => {
  const { id } = await call('environment')
  const seen = JSON.parse(bench.output(id)) as { env: Record<string, string>; cwd: string; stdin: string }
  const allowed = [
    'HOME',
    'LANG',
    'LC_ALL',
    'PATH',
    'SSL_CERT_DIR',
    'SSL_CERT_FILE',
    'TMPDIR',
    'TZ',
    'XEROTIER_EXECUTION_ATTEMPT',
    'XEROTIER_EXECUTION_ID',
    'XEROTIER_XEM_JOURNAL',
  ]
  assert.deepEqual(
    Object.keys(seen.env).filter((name) => !allowed.includes(name)),
    [],
  )
  assert.equal(seen.env.TMPDIR, seen.cwd)
  assert.equal(seen.stdin, '')
  assert.ok(!existsSync(seen.cwd), 'the folder goes with the call')
})

test('stdin comes from an argument', async () => {
  const { id } = await call('stdin', { value: 'kind: Pod\n' })
  assert.equal(bench.output(id), 'kind: Pod\n')
})

test('a program with a slash is one of the bundle', async () => {
  const path = join(bench.folder, 'script')
  writeFileSync(path, '#!/bin/sh\necho "$1"\n')
  chmodSync(path, 0o755)
  const { id } = await call('script', { value: '$(id) ; x' })
  assert.equal(bench.output(id), '--value=$(id) ; x\n')
})

test('at its deadline the whole group is killed, a child that ignores SIGTERM too', async () => {
  const clock = settableClock()
  const own = createBench(bundle, { clock, hostEnv })
  const frame = own.frame('fork', {})
  const said = (pattern: RegExp) =>
    until(`${pattern}`, async () => {
      await clock.advance(coalesceMs)
      return own.output(frame.execution_id).match(pattern) ?? undefined
    })
  own.executions.dispatch([frame])
  const grandchild = Number((await said(/^\d+(?=\n)/))[0])
  assert.ok(readlinkSync(`/proc/${grandchild}/exe`).length > 0)
  await clock.advance(deadlineMs)
  await said(/deaf/)
  assert.ok(!own.frames.some((one) => one.t === 'result'), 'it has its grace')
  await clock.advance(killGraceMs)
  const result = await own.until('result', frame.execution_id)
  assert.equal(result.outcome, 'timeout')
  assert.equal(result.signal, 'SIGKILL')
  assert.equal(result.error?.code, 'execution_timeout')
  await untilGone(grandchild)
  await own.close()
})

test('a cancelled call is killed with its children and says cancelled', async () => {
  const frame = bench.frame('fork', {})
  bench.executions.dispatch([frame])
  await bench.untilTrue(() => bench.output(frame.execution_id).includes('\n'))
  bench.executions.cancel(frame)
  const result = await bench.until('result', frame.execution_id)
  assert.equal(result.outcome, 'cancelled')
  await untilGone(Number.parseInt(bench.output(frame.execution_id), 10))
})

test('a forgotten call is killed and says nothing', async () => {
  const frame = bench.frame('fork', {})
  bench.executions.dispatch([frame])
  await bench.untilTrue(() => bench.output(frame.execution_id).includes('\n'))
  bench.executions.forget(frame)
  await bench.executions.idle()
  assert.ok(!bench.frames.some((one) => one.t === 'result' && one.execution_id === frame.execution_id))
})

test('what a program leaves in the background ends with its call', async () => {
  const { id, result } = await call('leave')
  assert.equal(result.outcome, 'completed')
  await untilGone(Number(bench.output(id)))
})

const onLinux = { skip: process.platform !== 'linux' && 'only Linux shows the environment of a process' }

test('a program in a session of its own ends with its cancelled call', onLinux, async () => {
  const frame = bench.frame('escape', {})
  bench.executions.dispatch([frame])
  await bench.untilTrue(() => bench.output(frame.execution_id).includes('\n'))
  bench.executions.cancel(frame)
  const result = await bench.until('result', frame.execution_id)
  assert.deepEqual([result.outcome, result.truncated], ['cancelled', false])
  await untilGone(Number.parseInt(bench.output(frame.execution_id), 10))
})

test('a program in a session of its own that holds the pipes is ended when they are given up', onLinux, async () => {
  const clock = settableClock()
  const own = createBench(bundle, { clock, hostEnv })
  const frame = own.frame('daemon', {})
  own.executions.dispatch([frame])
  const pid = await until('its pid', async () => {
    await clock.advance(coalesceMs)
    return Number.parseInt(own.output(frame.execution_id), 10) || undefined
  })
  await until('the end of the program', async () => {
    await clock.advance(killGraceMs)
    return own.executions.running().length === 0 || undefined
  })
  const result = await own.until('result', frame.execution_id)
  assert.deepEqual([result.outcome, result.truncated], ['completed', true])
  await untilGone(pid)
  await own.close()
})

test('1 MiB of output is inline, the rest up to 16 MiB an artifact, and what does not fit is left out and marked', async () => {
  const { id, result } = await call('flood')
  const bytes = (t: string) =>
    bench.frames.reduce(
      (sum, frame) => sum + (frame.t === t && frame.execution_id === id && 'data' in frame ? frame.data.length : 0),
      0,
    )
  assert.equal(result.outcome, 'completed')
  assert.equal(result.stdout_bytes, 320 * 65536)
  assert.equal(result.truncated, true)
  assert.equal(bytes('output'), limits.outputInlineBytes)
  const most = limits.outputTotalBytes - limits.outputInlineBytes
  assert.ok(bytes('artifact') <= most && bytes('artifact') > most - 512 * 1024)
  const pieces = bench.frames.filter((frame) => frame.execution_id === id && 'data' in frame)
  assert.deepEqual(
    pieces.map((frame) => 'seq' in frame && frame.seq),
    pieces.map((_, index) => index),
  )
  assert.ok(pieces.every((frame) => 'data' in frame && frame.data.length <= limits.outputFrameBytes))
})

test('while the router acknowledges nothing, the program is not read beyond the window', async () => {
  bench.acknowledgedBytes = 0
  const frame = bench.frame('flood', {})
  const sent = () =>
    bench.frames.reduce(
      (sum, one) => sum + (one.execution_id === frame.execution_id && 'data' in one ? one.data.length : 0),
      0,
    )
  bench.executions.dispatch([frame])
  await bench.untilTrue(() => sent() >= 1024 * 1024)
  // The window is closed: several turns of the event loop and a pipe's worth of time bring nothing
  // more.
  await pause(100)
  assert.ok(sent() < 1.5 * 1024 * 1024, `${sent()} bytes went out`)
  assert.deepEqual(bench.executions.running().length, 1)
  bench.acknowledgedBytes = Number.MAX_SAFE_INTEGER
  bench.executions.outputAcknowledged(frame)
  const result = await bench.until('result', frame.execution_id)
  assert.equal(result.stdout_bytes, 320 * 65536)
})
