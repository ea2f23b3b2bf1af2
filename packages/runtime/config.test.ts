import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig, requireComplete } from './config.ts'
import type { ConfigError } from './config-error.ts'
import { parseFlags } from './config-flags.ts'
import { showConfig, showHelp } from './config-show.ts'
import { boolean, choice, httpUrl, integer, list, type OptionTable, text } from './option.ts'

const table = {
  router_url: {
    env: ['T_ROUTER_URL', 'T_URL'],
    type: httpUrl,
    required: true,
    help: 'Where.',
    flagAliases: ['enroll-url'],
  },
  join_key: {
    env: ['T_JOIN_KEY'],
    type: text,
    secret: true,
    required: (values: Record<string, unknown>) => values.lonely !== true,
    help: 'Key.',
  },
  port: { env: ['T_PORT'], type: integer(0, 65535), default: 9095, help: 'Port.' },
  lonely: { env: ['T_LONELY'], type: boolean, default: false, help: 'Alone.' },
  level: { env: ['T_LEVEL'], type: choice(['info', 'debug']), default: 'info', help: 'Level.' },
  names: { env: ['T_NAMES'], type: list, default: [] as readonly string[], help: 'Names.' },
  beside: {
    env: ['T_BESIDE'],
    type: text,
    default: (values: Record<string, unknown>) => `${values.port ?? 9095}-beside`,
    help: 'Derived.',
  },
  rate: { env: ['T_RATE'], type: text, file: false, help: 'Not in the file.' },
} satisfies OptionTable

const folder = mkdtempSync(join(tmpdir(), 'config-'))
after(() => rmSync(folder, { recursive: true }))

function load(layers: { yaml?: string; env?: Record<string, string>; argv?: string[] }) {
  const file = join(folder, 't.yaml')
  if (layers.yaml === undefined) rmSync(file, { force: true })
  else writeFileSync(file, layers.yaml)
  const flags = parseFlags(table, layers.argv ?? [])
  return {
    file,
    ...loadConfig(table, { flags, env: layers.env ?? {}, file, envPrefixes: ['T_'], foreignEnv: ['T_FOREIGN'] }),
  }
}

test('a later layer wins, and every value tells where it came from', () => {
  const yaml = 'ROUTER_URL: https://file\nport: 1\nlevel: debug\n'
  const { values, origins, file } = load({ yaml, env: { T_PORT: '2', T_LONELY: '1' }, argv: ['--port', '3'] })
  assert.equal(values.router_url, 'https://file')
  assert.equal(values.port, 3)
  assert.equal(values.lonely, true)
  assert.equal(values.level, 'debug')
  assert.equal(values.beside, '3-beside')
  assert.deepEqual(origins, {
    router_url: `file ${file}:1`,
    join_key: 'unset',
    port: 'flag --port',
    lonely: 'env T_LONELY',
    level: `file ${file}:3`,
    names: 'default',
    beside: 'default',
    rate: 'unset',
  })
})

test('flags are written in every usual way', () => {
  const values = (...argv: string[]) => load({ argv }).values
  assert.equal(values('--enroll-url=https://x/').router_url, 'https://x')
  assert.equal(values('--lonely').lonely, true)
  assert.equal(values('--no-lonely').lonely, false)
  assert.equal(values('--lonely=true').lonely, true)
  assert.deepEqual(values('--names', 'a, b,').names, ['a', 'b'])
  assert.deepEqual(values('--names=none').names, [])
  for (const argv of [['--nothing'], ['stray'], ['--no-port'], ['-x']]) {
    assert.throws(() => values(...argv), { code: 'unknownFlag' }, argv[0])
  }
  assert.throws(() => values('--port'), { code: 'invalidValue', message: 'flag --port needs a value' })
})

test('a variable that is set to nothing counts as unset, and a second name stands in for the first', () => {
  const { values, origins } = load({ env: { T_ROUTER_URL: '', T_URL: 'https://second', T_PORT: '' } })
  assert.equal(values.router_url, 'https://second')
  assert.equal(origins.router_url, 'env T_URL')
  assert.equal(values.port, 9095)
})

test('the file is flat: anything nested, double or unreadable is invalidConfigFile with its line', () => {
  const cases: [string, RegExp][] = [
    ['port: 1\nrouter_url:\n  host: x\n', /t\.yaml:2: "router_url" is nested/],
    ['names: [a]\n', /t\.yaml:1: "names" is nested/],
    ['- a\n', /must be a map/],
    ['port: 1\nPort: 2\n', /t\.yaml:2: "port" is there twice/],
    ['port: "1\n', /is not valid YAML/],
    ['? [a]\n: 1\n', /keys must be text/],
    ['port: !!binary aGk=\n', /must be text/],
  ]
  for (const [yaml, reason] of cases) {
    assert.throws(
      () => load({ yaml }),
      (error: ConfigError) => error.code === 'invalidConfigFile' && reason.test(error.message),
      yaml,
    )
  }
  assert.throws(
    () => load({ yaml: 'join_key: "xjk_secret\n' }),
    (error: Error) => !error.message.includes('xjk_secret'),
  )
  assert.equal(load({ yaml: '# nothing\n' }).values.port, 9095)
  assert.equal(load({ yaml: 'port:\n' }).values.port, 9095)
})

test('all values that are wrong are named at once, with their origin and without the value', () => {
  const env = { T_PORT: '70000', T_LEVEL: 'loud', T_LONELY: 'maybe', T_ROUTER_URL: 'https://user:hunter2@x' }
  assert.throws(
    () => load({ env }),
    (error: ConfigError) => {
      assert.equal(error.exitCode, 78)
      assert.deepEqual(error.message.split('\n'), [
        'router_url (env T_ROUTER_URL) must not carry a user or password',
        'port (env T_PORT) must be a whole number from 0 to 65535',
        'lonely (env T_LONELY) must be true, 1, false or 0',
        'level (env T_LEVEL) must be one of info, debug',
      ])
      return true
    },
  )
})

test('all required settings that are missing are named at once, with the ways to give them', () => {
  const { missing } = load({})
  assert.deepEqual(missing, ['router_url', 'join_key'])
  assert.throws(() => requireComplete(table, missing), {
    code: 'missingRequired',
    message:
      'missing required settings:\n  router_url: set T_ROUTER_URL or T_URL or --router-url or --enroll-url\n  join_key: set T_JOIN_KEY or --join-key',
  })
  assert.deepEqual(load({ env: { T_LONELY: 'true' } }).missing, ['router_url'])
})

test('an operator hears of secrets in the file, keys that nobody reads and variables with a typing error', () => {
  const { warnings, values } = load({
    yaml: 'join_key: k\ncolour: red\nrate: 1\n',
    env: { T_PROT: '1', T_FOREIGN: '1', OTHER: '1' },
  })
  assert.equal(values.join_key, 'k')
  assert.equal(values.rate, undefined)
  assert.equal(warnings.length, 4)
  assert.match(warnings[0]!, /t\.yaml:1: "join_key" is a secret; set T_JOIN_KEY/)
  assert.match(warnings[1]!, /t\.yaml:2: unknown key "colour" is ignored/)
  assert.match(warnings[2]!, /t\.yaml:3: "rate" is not read from the file; set T_RATE/)
  assert.match(warnings[3]!, /T_PROT is not read/)
})

test('what is shown masks secrets and says what is missing', () => {
  const shown = showConfig(table, load({ argv: ['--join-key', 'xjk_secret'] }))
  assert.ok(!shown.includes('xjk_secret'))
  assert.match(shown, /^router_url {2}\(required\) +unset$/m)
  assert.match(shown, /^join_key +\*{8} +flag --join-key$/m)
  assert.match(shown, /^port +9095 +default$/m)
  const help = showHelp('t', 'A test.', table)
  const narrow = showHelp('t', 'A test of what fits a terminal that is narrow.', table, 40)
  for (const line of narrow.split('\n').filter((one) => one.startsWith('      '))) assert.ok(line.length <= 40, line)
  assert.match(help, /--router-url, --enroll-url <url>\n +Where\.\n +T_ROUTER_URL; T_URL; default required/)
})

test('a file that is nested too deep for its parser is refused like any other that is wrong', () => {
  for (const yaml of [
    `level: ${'['.repeat(100_000)}`,
    `level: ${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    '- '.repeat(100_000),
  ])
    assert.throws(() => load({ yaml }), { name: 'ConfigError', message: /^invalidConfigFile: \S+t\.yaml:1: / })
})
