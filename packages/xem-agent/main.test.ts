import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'xem-main-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'xem.yaml')

function run(argv: string[], env: Record<string, string> = {}) {
  const all = ['--config', file, '--queue-db-path', join(folder, 'queue.sqlite'), ...argv]
  return spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...all], { encoding: 'utf8', env })
}

test('--print-config shows each value and where it came from, with secrets masked', () => {
  writeFileSync(file, 'Router_URL: https://router.example\nlog_level: debug\n')
  const { stdout, status } = run(['--print-config', '--log-level', 'warning'], {
    XEM_JOIN_KEY: 'xjk_very.secret.key',
    XEROTIER_XEM_METRICS_PORT: '0',
  })
  assert.equal(status, 0)
  assert.ok(!stdout.includes('xjk_very'))
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

test('--help and --version answer without any setting', () => {
  const help = run(['--help'])
  assert.equal(help.status, 0)
  assert.match(help.stdout, /--router-url, --enroll-url <url>/)
  assert.match(help.stdout, /XEM_MAX_CONCURRENT_EXECUTIONS; default 20/)
  assert.match(run(['--version']).stdout, /^xerotier-xem-agent \d+\.\d+\.\d+\n$/)
})
