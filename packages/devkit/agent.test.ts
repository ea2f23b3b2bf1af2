// The agent against the real router, over the real wire: boot, reload, crash, drain.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { childEnvironment } from './child-environment.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { type System, startSystem } from './system.ts'

const main = join(import.meta.dirname, '../xem-agent/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'xem-process-'))
const tools = join(folder, 'tools')
const credentials = join(folder, 'credentials')
const gate = join(folder, 'gate')

/** Its calls last until the gate opens. */
const bundle = (more = '') => `name: waiting
version: '1'
domain: test
tools:
  - { name: wait_read, description: d, risk: read, ${schema}, command: [./wait] }
  - { name: wait_write, description: d, risk: write, ${schema}, command: [./wait] }
  - { name: spy, description: d, risk: read, ${schema}, command: [./spy] }
  - { name: wait_secret, description: d, risk: read, credentials_ref: secret, env: { SECRET: '{credentials_file}' }, ${schema}, command: [./wait-secret] }${more}
`
const schema = 'input_schema: { type: object, additionalProperties: false, properties: {} }'
const another = `
  - { name: another, description: d, risk: read, ${schema}, command: ['true'] }`

const inherited = openSync('/dev/null', 'r')
let system: System
let agent: ChildProcess
let log = ''

before(async () => {
  mkdirSync(join(tools, 'waiting'), { recursive: true })
  writeFileSync(join(tools, 'waiting', 'bundle.yaml'), bundle())
  writeFileSync(
    join(tools, 'waiting', 'wait'),
    `#!/bin/sh\necho started\nwhile [ ! -e ${gate} ]; do sleep 0.05; done\n`,
    { mode: 0o755 },
  )
  writeFileSync(
    join(tools, 'waiting', 'wait-secret'),
    `#!/bin/sh\nexec 3<"$SECRET"\necho started\nwhile [ ! -e ${gate} ]; do sleep 0.05; done\ncat <&3\n`,
    { mode: 0o755 },
  )
  writeFileSync(
    join(tools, 'waiting', 'spy'),
    `#!/bin/sh
pid=$$
while [ "$pid" -gt 1 ]; do
  tr '\\0' '\\n' < /proc/$pid/environ
  tr '\\0' ' ' < /proc/$pid/cmdline
  grep -q main.ts /proc/$pid/cmdline && break
  grep -q xerotier-xem /proc/$pid/cmdline && break
  pid=$(awk '/^PPid/ { print $2 }' /proc/$pid/status)
done
echo
ls -l /proc/$$/fd
`,
    { mode: 0o755 },
  )
  mkdirSync(credentials)
  system = await startSystem()
  const { key } = await system.client.call('joinKeys.create', { body: { name: 'process', region: 'test' } })
  await start({ XEM_JOIN_KEY: key })
  await system.client.call('workspaces.create', { body: { name: 'local', type: 'host' } })
  await system.client.call('workspaces.bind', { params: { id: 'local' }, body: { agent: 'process' } })
  await said('"workspaces":["local"]')
})
after(async () => {
  agent.kill('SIGKILL')
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(more: Record<string, string> = {}): Promise<void> {
  log = ''
  const env = {
    ...childEnvironment(),
    HOME: folder,
    XEM_ROUTER_URL: system.client.origin,
    XEM_REGISTRATION_NAME: 'process',
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    XEM_TOOLS_DIR: tools,
    XEM_CREDENTIALS_DIR: credentials,
    XEM_SIGNING_KEY_PATH: join(folder, 'signing.hex'),
    XEM_CURVE_KEY_PATH: join(folder, 'curve.hex'),
    XEM_QUEUE_DB_PATH: join(folder, 'state', 'queue.sqlite'),
    XEM_METRICS_HOST: '127.0.0.1',
    XEROTIER_XEM_METRICS_PORT: '0',
    XEM_SHUTDOWN_GRACE_SECONDS: '1',
    XEM_ROUTER_AUTH_TOKEN: 'callback-token',
    ...more,
  }
  agent = spawn(process.execPath, [main, '--config', join(folder, 'none.yaml')], {
    env,
    // Two descriptors that it has no use for, one of them far away.
    stdio: ['ignore', 'inherit', 'pipe', inherited, ...Array(40).fill('ignore'), inherited],
  })
  agent.stderr!.on('data', (data: Buffer) => {
    log += data
  })
  await said('"msg":"online"')
}

async function said(text: string): Promise<void> {
  while (!log.includes(text)) {
    if (agent.exitCode !== null) throw new Error(`the agent ended: ${log}`)
    await once(agent.stderr!, 'data', { signal: AbortSignal.timeout(patienceMs) })
  }
}

const submit = async (tool: string) =>
  (await system.client.call('invocations.submit', { body: { workspace: 'local', tool, args: {} } })).id
const show = (id: string) => system.client.call('executions.show', { params: { id } })

async function untilState(id: string, ...states: string[]): Promise<Awaited<ReturnType<typeof show>>> {
  for (const until = performance.now() + patienceMs; ; ) {
    const execution = await show(id)
    if (states.includes(execution.state)) return execution
    assert.ok(performance.now() < until, `${id} is ${execution.state}`)
  }
}

/** Waits until the program of the call lives, and its output reached the router. */
async function untilStarted(id: string): Promise<void> {
  for (const until = performance.now() + patienceMs; !(await show(id)).stdout?.includes('started'); ) {
    assert.ok(performance.now() < until, `${id} did not start`)
  }
}

async function stop(signal: NodeJS.Signals): Promise<unknown[]> {
  const exited = once(agent, 'exit')
  agent.kill(signal)
  return exited
}

test('the first boot makes its keys and keeps its enrollment, 0600, and no secret is in its log', () => {
  for (const name of ['signing.hex', 'curve.hex', 'state/queue.sqlite', 'state/enrollment.json']) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  }
  const { enrollment } = JSON.parse(readFileSync(join(folder, 'state/enrollment.json'), 'utf8'))
  for (const secret of [enrollment.token, readFileSync(join(folder, 'signing.hex'), 'utf8').trim(), 'xjk_']) {
    assert.ok(!log.includes(secret))
  }
})

test('a tool that looks finds no secret of its agent, nor an open file', async () => {
  const { stdout } = await show((await system.run('local', 'spy')).id)
  assert.match(stdout, /xerotier-xem-agent|main\.ts/)
  assert.doesNotMatch(stdout, /xjk_|callback-token|XEM_JOIN_KEY|XEM_ROUTER/)
  const files = [...stdout.matchAll(/ (\d+) -> (.*)$/gm)].map(([, fd, file]) => [Number(fd), file])
  assert.ok(files.length >= 3)
  assert.deepEqual(
    files.filter(([fd, file]) => Number(fd) > 2 && !`${file}`.endsWith('/spy')),
    [],
  )
})

test('SIGHUP publishes a changed bundle and leaves the call in flight alone', async () => {
  const id = await submit('wait_read')
  await untilStarted(id)
  const before = (await system.client.call('agents.show', { params: { id: 'process' } })).manifest_version!
  writeFileSync(join(tools, 'waiting', 'bundle.yaml'), bundle(another))
  agent.kill('SIGHUP')
  await said('bundles and credentials read again')
  await untilOffered('another')
  assert.equal((await system.run('local', 'another')).state, 'completed')
  assert.equal((await system.client.call('agents.show', { params: { id: 'process' } })).manifest_version, before + 1)
  assert.equal((await show(id)).state, 'running')
  writeFileSync(gate, '')
  assert.equal((await untilState(id, 'completed')).attempt, 1)
  rmSync(gate)
  // Log lines leave by the page, so this one may follow the record.
  const ended = () => log.split('\n').some((line) => line.includes(id) && line.includes('call ended'))
  while (!ended()) await once(agent.stderr!, 'data', { signal: AbortSignal.timeout(patienceMs) })
})

test('SIGHUP opens a changed credential file again, and the call in flight keeps the one that it opened', async () => {
  const replace = (secret: string) => {
    writeFileSync(join(credentials, 'new'), secret)
    renameSync(join(credentials, 'new'), join(credentials, 'secret'))
  }
  const reloads = () => log.split('bundles and credentials read again').length
  replace('old')
  const before = await submit('wait_secret')
  await untilStarted(before)
  const reloaded = reloads()
  replace('changed')
  agent.kill('SIGHUP')
  await until('the reload', () => (reloads() > reloaded ? true : undefined))
  const next = await submit('wait_secret')
  await untilStarted(next)
  assert.equal((await show(before)).state, 'running')
  writeFileSync(gate, '')
  assert.equal((await untilState(before, 'completed')).stdout, 'started\nold')
  assert.equal((await untilState(next, 'completed')).stdout, 'started\nchanged')
  rmSync(gate)
})

test('a bundle that becomes malformed is in the record after a reload, although no tool has changed', async () => {
  const refused = async () => {
    const { bundles } = await system.client.call('agents.show', { params: { id: 'process' } })
    return bundles.filter(({ error }) => error !== null)
  }
  assert.deepEqual(await refused(), [])
  const bad = join(tools, 'bad')
  mkdirSync(bad)
  writeFileSync(join(bad, 'bundle.yaml'), 'name: bad\ntools: [')
  agent.kill('SIGHUP')
  const { name, error } = await until('a report', async () => (await refused())[0])
  assert.equal(name, 'bad')
  assert.match(error ?? '', /bad\/bundle\.yaml:2: /)
  rmSync(bad, { recursive: true })
  agent.kill('SIGHUP')
  await until('a record without it', async () => ((await refused()).length === 0 ? true : undefined))
})

/** The new manifest needs a moment to reach the router. */
async function untilOffered(tool: string): Promise<void> {
  for (const until = performance.now() + patienceMs; ; ) {
    const { data } = await system.client.call('tools.list', { query: { workspace: 'local' } })
    if (data.some(({ name }) => name === tool)) return
    assert.ok(performance.now() < until, `${tool} is not offered`)
  }
}

test('after SIGKILL a read runs again, a write is ambiguous, and their programs are gone before either', async () => {
  const [read, write] = [await submit('wait_read'), await submit('wait_write')]
  await untilStarted(read)
  await untilStarted(write)
  assert.deepEqual(await stop('SIGKILL'), [null, 'SIGKILL'])
  await start()
  assert.equal((await untilState(write, 'ambiguous')).error?.code, 'execution_interrupted')
  assert.match(log, /a program of an earlier process was still running and was ended/)
  writeFileSync(gate, '')
  assert.equal((await untilState(read, 'completed')).attempt, 2)
  rmSync(gate)
})

test('SIGTERM waits for its grace, then ends what runs: a write is interrupted, a read runs again later', async () => {
  const [read, write] = [await submit('wait_read'), await submit('wait_write')]
  await untilStarted(read)
  await untilStarted(write)
  assert.deepEqual(await stop('SIGTERM'), [0, null])
  assert.match(log, /did not end within the grace/)
  await untilState(write, 'ambiguous')
  writeFileSync(gate, '')
  await start()
  assert.equal((await untilState(read, 'completed')).attempt, 2)
  rmSync(gate)
})

test('revoked credentials end the agent with 77, and it needs a new join key', async () => {
  const exited = once(agent, 'exit')
  await system.client.call('agents.revokeCredentials', { params: { id: 'process' } })
  assert.deepEqual(await exited, [77, null])
  assert.throws(() => statSync(join(folder, 'state/enrollment.json')), { code: 'ENOENT' })
})
