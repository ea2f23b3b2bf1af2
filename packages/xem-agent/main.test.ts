import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-main-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'xem.yaml')

/** Far above what a busy machine needs to start the agent. */
const waitMs = 60_000

function run(argv: string[], env: Record<string, string> = {}) {
  const all = ['--config', file, '--queue-db-path', join(folder, 'queue.sqlite'), ...argv]
  return spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...all], {
    encoding: 'utf8',
    env: { ...childEnvironment(), ...env },
    timeout: waitMs,
  })
}

test('--print-config shows each value and where it came from, with secrets masked, and warns of keys that are none', () => {
  writeFileSync(file, 'Router_URL: https://router.example\nlog_level: debug\ntool_dir: /x\n')
  const { stdout, stderr, status } = run(['--print-config', '--log-level', 'warning'], {
    XEM_JOIN_KEY: 'xjk_very.secret.key',
    XEROTIER_XEM_METRICS_PORT: '0',
  })
  assert.equal(status, 0)
  assert.ok(!stdout.includes('xjk_very'))
  assert.match(stderr, /^xerotier-xem-agent: \S+xem\.yaml:3: unknown key "tool_dir" is ignored$/m)
  const line = (key: string) =>
    stdout
      .split('\n')
      .find((one) => one.startsWith(`${key} `))
      ?.split(/ {2,}/)
  assert.deepEqual(line('router_url'), ['router_url', 'https://router.example', `file ${file}:1`])
  assert.deepEqual(line('join_key'), ['join_key', '********', 'env XEM_JOIN_KEY'])
  assert.deepEqual(line('log_level'), ['log_level', 'warning', 'flag --log-level'])
  assert.deepEqual(line('metrics_port'), ['metrics_port', '0', 'env XEROTIER_XEM_METRICS_PORT'])
  assert.deepEqual(line('lease_renewal_interval_ms'), ['lease_renewal_interval_ms', '10000', 'default'])
  assert.deepEqual(line('registration_name'), ['registration_name', '(required)', 'unset'])
  assert.deepEqual(line('enrollment_path'), ['enrollment_path', join(folder, 'enrollment.json'), 'default'])
})

test('it does not start without what it needs, and names all of it', () => {
  writeFileSync(file, '')
  const { stderr, status } = run([])
  assert.equal(status, 78)
  assert.match(stderr, /router_url.*\n.*join_key.*\n.*registration_name/)
})

test('a join key is not required once the agent is enrolled', () => {
  writeFileSync(file, '')
  writeFileSync(join(folder, 'enrollment.json'), '{}')
  const { stderr } = run([])
  rmSync(join(folder, 'enrollment.json'))
  assert.doesNotMatch(stderr, /join_key/)
})

test('nested YAML is refused with invalidConfigFile', () => {
  writeFileSync(file, 'router_url:\n  host: x\n')
  const { stderr, status } = run([])
  assert.equal(status, 78)
  assert.match(stderr, /invalidConfigFile: .*xem\.yaml:1: "router_url" is nested/)
})

test('a router URL that is not HTTPS is refused unless insecure URLs are allowed', () => {
  writeFileSync(file, 'router_url: http://127.0.0.1:1\nregistration_name: a\n')
  const { stderr, status } = run([], { XEM_JOIN_KEY: 'xjk_a.b.c' })
  assert.equal(status, 78)
  assert.match(stderr, /router_url must be https/)
})

test('a user for tools that cannot be had is refused at start', () => {
  writeFileSync(file, 'router_url: https://router.example\nregistration_name: a\ntools_user: no-such-user\n')
  const { stderr, status } = run([], { XEM_JOIN_KEY: 'xjk_a.b.c' })
  assert.equal(status, 78)
  assert.match(stderr, /tools_user \(XEM_TOOLS_USER\): there is no user \\?"no-such-user/)
})

test('--help and --version answer without any setting', () => {
  const help = run(['--help'])
  assert.equal(help.status, 0)
  assert.equal(help.stdout.split('\n')[0]?.split('xerotier-xem-agent').length, 2, 'it says its name once')
  assert.match(help.stdout, /--router-url, --enroll-url <url>/)
  assert.match(help.stdout, /XEM_MAX_CONCURRENT_EXECUTIONS; default 20/)
  assert.match(run(['--version']).stdout, /^xerotier-xem-agent \d+\.\d+\.\d+\n$/)
})

test('a queue that is no database is named with its setting, and starting again does not help', () => {
  writeFileSync(file, 'router_url: https://router.example\nregistration_name: a\n')
  const path = join(folder, 'damaged', 'queue.sqlite')
  mkdirSync(join(folder, 'damaged'))
  writeFileSync(path, 'x'.repeat(10_000))
  const keys = ['--signing-key-path', join(folder, 's.hex'), '--curve-key-path', join(folder, 'c.hex')]
  const more = ['--queue-db-path', path, '--credentials-dir', join(folder, 'credentials'), ...keys]
  const { stderr, status } = run(more, { XEM_JOIN_KEY: 'xjk_a.b.c' })
  assert.equal(status, 78)
  assert.match(stderr, /damaged\/queue\.sqlite is not a database, .*XEM_QUEUE_DB_PATH/)
})

/** Starts it for a router at this port; resolves with its exit code. */
async function boot(port: number, onLog: (text: string, child: ChildProcess) => void): Promise<unknown> {
  const env = {
    ...childEnvironment(),
    XEM_ROUTER_URL: `http://127.0.0.1:${port}`,
    XEM_JOIN_KEY: 'xjk_a.b.c',
    XEM_REGISTRATION_NAME: 'a',
    XEROTIER_AGENT_ALLOW_INSECURE: '1',
    XEM_SIGNING_KEY_PATH: join(folder, 'signing.hex'),
    XEM_CURVE_KEY_PATH: join(folder, 'curve.hex'),
    XEM_QUEUE_DB_PATH: join(folder, 'boot', 'queue.sqlite'),
  }
  const argv = ['--router-auth-token', 'a-token-on-the-command-line']
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...argv], {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (data: Buffer) => {
    log += data
    onLog(log, child)
  })
  try {
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(waitMs) })
    return code
  } finally {
    child.kill('SIGKILL')
  }
}

test('while it waits for the router it can be stopped, and the process list shows none of its secrets', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  let stopping = false
  let command = ''
  const code = await boot(port, (log, child) => {
    if (stopping || !log.includes('could not be enrolled; it is tried again')) return
    stopping = true
    command = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    child.kill('SIGTERM')
  })
  assert.equal(code, 0)
  assert.equal(command.trim(), 'xerotier-xem-agent')
})

test('a join key that the router refuses ends it with 77, for starting again does not help', async () => {
  const error = {
    message: 'The join key was already used.',
    type: 'authentication_error',
    code: 'join_key_consumed',
    param: null,
  }
  const server = createServer((_, response) => response.writeHead(401).end(JSON.stringify({ error }))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  let said = ''
  const code = await boot((server.address() as AddressInfo).port, (log) => {
    said = log
  })
  server.close()
  assert.equal(code, 77)
  assert.match(said, /join_key_consumed/)
  assert.ok(!said.includes('xjk_a'))
})

test('bundles check says what an agent would make of a folder, without a router', () => {
  writeFileSync(file, '')
  const tools = join(folder, 'tools')
  const tool = (name: string, command: string) =>
    `  - { name: ${name}, description: d, risk: write, input_schema: { type: object }, command: [${command}] }\n`
  const write = (name: string, text: string) => {
    mkdirSync(join(tools, name), { recursive: true })
    writeFileSync(join(tools, name, 'bundle.yaml'), `name: ${name}\nversion: '1'\ndomain: d\ntools:\n${text}`)
  }
  write('good', tool('fine', "'true'"))
  const programs =
    tool('kept', 'no-such-program') + tool('plain', './plain') + tool('dos', './dos') + tool('gone', './gone')
  const greedy = tool('greedy', "'true'], pass_env: [XEM_JOIN_KEY")
  write('mixed', programs + tool('shell', 'sh') + tool('host_uptime', "'true'") + greedy)
  writeFileSync(join(tools, 'mixed', 'plain'), '#!/bin/sh\n', { mode: 0o644 })
  writeFileSync(join(tools, 'mixed', 'dos'), '#!/bin/sh\r\n', { mode: 0o755 })
  const mixed = join(tools, 'mixed', 'bundle.yaml')
  const check = (dir: string) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), 'bundles', 'check', dir, '--config', file], {
      encoding: 'utf8',
      timeout: waitMs,
    })
  const good = check(join(tools, 'good'))
  assert.deepEqual([good.status, good.stdout, good.stderr], [0, 'good 1: 1 tools\n  fine  write\n', ''])
  const all = check(tools)
  assert.equal(all.status, 1)
  assert.deepEqual(all.stdout.split('\n'), [
    'good 1: 1 tools',
    '  fine  write',
    'mixed 1: 4 tools',
    '  kept  write',
    '  plain  write',
    '  dos  write',
    '  gone  write',
    `  left out: shell: ${mixed}:9: tools.4.command: shell: a command cannot be sh: there is no shell`,
    `  left out: greedy: ${mixed}:11: tools.6.pass_env.0: XEM_JOIN_KEY is a variable of the agent itself, and no tool gets those`,
    `  left out: host_uptime: ${mixed}:5: tools: the tool host_uptime is in bundle host already`,
    '  warning: no-such-program is not on the PATH of the agent',
    '  warning: ./plain may not be executed',
    '  warning: ./dos cannot start: its first line ends with a carriage return: "/bin/sh\\r" is not there; write its lines as Unix does',
    '  warning: ./gone is not there',
    '',
  ])
  rmSync(join(tools, 'mixed', 'bundle.yaml'))
  assert.match(check(join(tools, 'mixed')).stdout, /There is no bundle/)
  const nothing = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), 'bundles', 'check'], {
    encoding: 'utf8',
    timeout: waitMs,
  })
  assert.equal(nothing.status, 78)
  assert.match(nothing.stderr, /bundles check needs the folder/)
})
