// As root, and once more as an agent of another user that has four capabilities, which is what the
// systemd unit makes of it.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { type Catalogue, loadCatalogue } from '../tools/catalogue.ts'
import { catalogueOptions } from '../tools/fixtures/catalogue-options.ts'
import { type Bench, binding, createBench } from './fixtures/recording-link.ts'
import { attemptVariable, endLeftovers, executionVariable, journalVariable } from './leftovers.ts'
import { checkReachable, checkUnreadable, findToolsUser, mayBecomeAnybody, type ToolsUser } from './tools-user.ts'

const skip = !mayBecomeAnybody() && 'this user may not start programs as another one'
const isRoot = process.geteuid?.() === 0
/** On every Debian; its uid is 65534. */
const name = 'nobody'

/** Scripts beside the bundle, for a bundle names no shell. */
const scripts = {
  who: 'id -u; id -g; pwd; echo "$TMPDIR"; echo "$HOME"; grep -h "^Cap.*[^0]$" /proc/self/status',
  read: 'cat -- "$1"',
  credential: 'cat "$CREDENTIAL"; echo; echo "$CREDENTIAL"',
  leave: 'mkdir -p a/b && touch a/b/c && chmod 0 a/b a && ln -s /etc d && chmod 0 .',
  pretend: 'echo "sh: failed to execute" >&2; exit 127',
  hang: 'trap "" TERM; sleep 600 & echo $!; setsid sh -c "echo \\$\\$; exec sleep 600" & wait',
}

const bundle = `
name: test
version: '1'
domain: test
credentials_ref: own
env: { CREDENTIAL: '{credentials_file}' }
tools: ${[...Object.keys(scripts).map((name) => `./${name}`), './closed', 'missing']
  .map(
    (program) => `
  - name: ${basename(program)}
    description: d
    risk: read
    input_schema: { type: object, additionalProperties: false, properties: { value: { type: string } } }
    command: ['${program}', '{value}']`,
  )
  .join('')}
`

let user: ToolsUser
let bench: Bench
let folder: string
before(() => {
  if (skip) return
  user = findToolsUser(name)
  bench = createBench(bundle, { toolsUser: user, hostEnv: { PATH: '/usr/bin:/bin', ...user.environment } })
  folder = bench.folder
  chmodSync(folder, 0o711)
  mkdirSync(join(folder, 'credentials'), { mode: 0o700 })
  for (const name of ['own', 'other'])
    writeFileSync(join(folder, 'credentials', name), `secret ${name}`, { mode: 0o600 })
  writeFileSync(join(folder, 'key.hex'), 'a key', { mode: 0o600 })
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  writeFileSync(join(folder, 'closed'), '#!/bin/sh\n', { mode: 0o644 })
})
after(() => bench?.close())

async function call(name: string, args: Record<string, unknown> = {}, workspace: Binding = binding) {
  const frame = bench.frame(name, args, { workspace })
  bench.executions.dispatch([frame])
  const result = await bench.until('result', frame.execution_id)
  const [stdout, stderr] = [bench.output(frame.execution_id), bench.output(frame.execution_id, 'stderr')]
  return { result, stdout, stderr, lines: stdout.trimEnd().split('\n') }
}

test('a program runs as the user of tools, without a capability, in a folder that is its own', { skip }, async () => {
  const { lines } = await call('who')
  const [uid, gid, cwd = '', tmp, home, ...capabilities] = lines
  assert.deepEqual([uid, gid, home], ['65534', '65534', user.environment.HOME])
  assert.match(cwd, /\/calls\/call-\w+\/work$/)
  assert.equal(tmp, cwd)
  assert.deepEqual(
    capabilities.map((line) => line.split(':')[0]).filter((kind) => kind !== 'CapBnd'),
    [],
  )
  assert.deepEqual(readdirSync(join(folder, 'calls')), [], 'the folder is gone')
})

test('it reads its own credential file, which is gone afterwards, and no other of the agent', { skip }, async () => {
  const { lines } = await call('credential')
  assert.equal(lines[0], 'secret own')
  assert.match(lines[1] ?? '', /\/calls\/call-\w+\/credentials-own$/)
  assert.deepEqual(readdirSync(join(folder, 'calls')), [])
  assert.equal(statSync(join(folder, 'credentials', 'own')).mode & 0o777, 0o600)
  const closed = ['credentials/own', 'credentials/other', 'key.hex', 'state/queue.sqlite'].map((path) =>
    join(folder, path),
  )
  for (const value of [...closed, `/proc/${process.pid}/environ`, `/proc/${process.pid}/mem`]) {
    const { stdout, stderr } = await call('read', { value })
    assert.equal(stdout, '', value)
    assert.match(stderr, /Permission denied/, value)
  }
})

test('whatever it leaves in its folder goes, and nothing that a link names', { skip }, async () => {
  assert.equal((await call('leave')).result.outcome, 'completed')
  assert.deepEqual(readdirSync(join(folder, 'calls')), [])
  assert.ok(readFileSync('/etc/passwd').length > 0)
})

test('a program that does not start is told from one that ends alike', { skip }, async () => {
  const missing = (await call('missing')).result
  assert.deepEqual(
    [missing.outcome, missing.error?.message],
    [
      'failed',
      `The program "missing" could not be started as user "${name}": it is not there, or not on the PATH of the agent.`,
    ],
  )
  const closed = await call('closed')
  assert.match(closed.result.error?.message ?? '', /as user "nobody": it may not be executed/)
  assert.equal(closed.stderr, '')
  const { result, stderr } = await call('pretend')
  assert.deepEqual([result.exit_code, result.error?.code, stderr], [127, 'execution_failed', 'sh: failed to execute\n'])
})

test('a cancelled call ends with its group, and with what left the group', { skip }, async () => {
  const frame = bench.frame('hang', {})
  bench.executions.dispatch([frame])
  await bench.untilTrue(() => bench.output(frame.execution_id).split('\n').length === 3)
  const pids = bench.output(frame.execution_id).trimEnd().split('\n')
  bench.executions.cancel(frame)
  assert.equal((await bench.until('result', frame.execution_id)).outcome, 'cancelled')
  for (const pid of pids) await until(`the end of ${pid}`, () => isGone(pid) || undefined)
})

test('what an earlier process left running as the user is ended', { skip }, async () => {
  const journal = randomUUID()
  const env = { [journalVariable]: journal, [executionVariable]: 'x', [attemptVariable]: '2' }
  const { program, argv } = user.start('sleep', ['600'])
  const child = spawn(program, argv, { env, stdio: 'ignore', detached: true })
  const end = once(child, 'exit')
  await until('the program', () => (commandOf(child.pid) === 'sleep' ? true : undefined))
  assert.deepEqual(await endLeftovers(randomUUID(), user), [])
  assert.deepEqual(await endLeftovers(journal, user), [{ pid: child.pid, executionId: 'x', attempt: 2 }])
  assert.deepEqual(await end, [null, 'SIGKILL'])
})

test('host_process_kill reaches what the user of tools may signal, and nothing of the agent', { skip }, async () => {
  const { tools } = await loadCatalogue(catalogueOptions(folder, ['host'], folder, user))
  const host = createBench(tools, { toolsUser: user, hostEnv: { PATH: '/usr/bin:/bin' } })
  chmodSync(host.folder, 0o711)
  const kill = async (pid: number | undefined) => {
    const frame = host.frame('host_process_kill', { pid, signal: 'KILL' })
    host.executions.dispatch([frame])
    return await host.until('result', frame.execution_id)
  }
  const own = spawn('sleep', ['600'], { stdio: 'ignore' })
  const { program, argv } = user.start('sleep', ['600'])
  const theirs = spawn(program, argv, { stdio: 'ignore' })
  try {
    const end = once(theirs, 'exit')
    await until('the program', () => (commandOf(theirs.pid) === 'sleep' ? true : undefined))
    assert.match((await kill(own.pid)).error?.message ?? '', /the user that tools run as may not signal process/)
    assert.equal((await kill(theirs.pid)).outcome, 'completed')
    assert.deepEqual(await end, [null, 'SIGKILL'])
    assert.equal(own.signalCode, null)
  } finally {
    own.kill('SIGKILL')
    await host.close()
  }
})

const mcp = `
name: served
version: '1'
domain: test
credentials_ref: own
env: { CREDENTIAL: '{credentials_file}' }
mcp:
  command: ${process.execPath}
  args: ['{folder}/server.mjs']
  risks: { who: read }
`

const mcpServer = `
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
const path = process.env.CREDENTIAL
const said = { uid: process.getuid(), credential: readFileSync(path, 'utf8'), path }
const tools = [{ name: 'who', inputSchema: { type: 'object' } }]
const answers = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } },
  'tools/list': { tools },
  'tools/call': { content: [{ type: 'text', text: JSON.stringify(said) }] },
}
for await (const line of createInterface(process.stdin)) {
  const { id, method } = JSON.parse(line)
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] }))
}
`

async function withBundle(text: string, look: (catalogue: Catalogue) => Promise<void>): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), 'xem-as-user-'))
  chmodSync(top, 0o711)
  mkdirSync(join(top, 'served'), { mode: 0o755 })
  writeFileSync(join(top, 'served', 'server.mjs'), mcpServer, { mode: 0o644 })
  writeFileSync(join(top, 'served', 'bundle.yaml'), text.replace('{folder}', join(top, 'served')))
  const catalogue = await loadCatalogue(catalogueOptions(top, [], join(folder, 'credentials'), user))
  try {
    await look(catalogue)
  } finally {
    await catalogue.close()
    await until('the end of its folders', () => readdirSync(join(top, '.calls')).length === 0 || undefined)
    rmSync(top, { recursive: true })
  }
}

test('an MCP server runs as the user of tools, with a copy of its credential file while it runs', {
  skip,
}, async () => {
  await withBundle(mcp, async ({ tools, bundles }) => {
    assert.deepEqual(
      bundles.map(({ error }) => error),
      [null],
    )
    const served = createBench(tools, { toolsUser: user, credentialsDir: join(folder, 'credentials') })
    try {
      const frame = served.frame('who', {})
      served.executions.dispatch([frame])
      await served.until('result', frame.execution_id)
      const { path, ...said } = JSON.parse(served.output(frame.execution_id))
      assert.deepEqual(said, { uid: 65534, credential: 'secret own' })
      assert.match(path, /\/\.calls\/call-\w+\/credentials-own$/)
    } finally {
      await served.close()
    }
  })
})

test('an MCP server that cannot be started as the user says why', { skip }, async () => {
  await withBundle(mcp.replace(process.execPath, '/etc/passwd'), async ({ bundles }) => {
    assert.match(bundles[0]?.error ?? '', /failed to execute \/etc\/passwd: Permission denied/)
  })
})

test('a user that cannot be had is refused with what is wrong', { skip }, () => {
  assert.throws(() => findToolsUser('no-such-user'), /XEM_TOOLS_USER\): there is no user "no-such-user"/)
  assert.throws(() => findToolsUser('root'), /root may read whatever the agent may/)
  assert.equal(findToolsUser('65534').name, name, 'a uid names one, too')
  if (!isRoot) assert.throws(() => findToolsUser(String(process.geteuid?.())), /is the user that the agent runs as/)
  checkUnreadable(user, [join(folder, 'key.hex'), join(folder, 'none')])
  assert.throws(
    () => checkUnreadable(user, ['/etc/passwd']),
    /"nobody" may read \/etc\/passwd, which is for the agent alone/,
  )
  assert.throws(() => checkReachable(user, join(folder, 'state')), /may not step into .*TMPDIR/)
  checkReachable(user, join(folder, 'calls'))
})

const daemon = ['--reuid=1', '--regid=1', '--clear-groups', '--no-new-privs']
const environment = { PATH: process.env.PATH ?? '', NODE_OPTIONS: '' }

test('an agent that may not change users is refused with the capabilities that it misses', {
  skip: skip || (!isRoot && 'it is tested as root'),
}, () => {
  const script = `
    const { findToolsUser } = await import('${import.meta.resolve('./tools-user.ts')}')
    try { findToolsUser('nobody') } catch ({ message, exitCode }) { console.log(exitCode, message) }`
  const node = [process.execPath, '--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync('setpriv', [...daemon, ...node], {
    encoding: 'utf8',
    env: environment,
    cwd: '/',
  })
  assert.equal(stderr, '')
  assert.match(stdout, /^78 .*as "nobody": it has no CAP_CHOWN, CAP_KILL, CAP_SETGID, CAP_SETUID/)
})

test('all of this holds for an agent that is not root and has four capabilities', {
  skip: skip || (!isRoot && 'this is that agent'),
}, () => {
  const four = '-all,+chown,+kill,+setgid,+setuid'
  const capabilities = [`--bounding-set=${four}`, `--inh-caps=${four}`, `--ambient-caps=${four}`]
  const again = [process.execPath, '--test', '--test-reporter=tap', import.meta.filename]
  const { stdout } = spawnSync('setpriv', [...daemon, ...capabilities, ...again], {
    encoding: 'utf8',
    env: environment,
    cwd: '/',
  })
  assert.match(stdout, /^# fail 0$/m, stdout)
  assert.match(stdout, /^# skipped 2$/m, stdout)
})

/** Gone, or a zombie that nobody has reaped. */
function isGone(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

function commandOf(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}
