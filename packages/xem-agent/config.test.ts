import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { type AgentConfig, configFlag, loadAgentConfig, options } from './config.ts'

/**
 * The variables that operators know: their key here, their default, and another value with what is
 * read from it.
 */
const variables: [name: string, key: keyof AgentConfig, byDefault: unknown, given: string, read?: unknown][] = [
  ['XEM_ROUTER_URL', 'router_url', undefined, 'https://router.example'],
  ['XEM_JOIN_KEY', 'join_key', undefined, 'xjk_a.b.c'],
  ['XEM_REGISTRATION_NAME', 'registration_name', undefined, 'prod-xem-01'],
  ['XEM_LEASE_RENEWAL_INTERVAL_MS', 'lease_renewal_interval_ms', 10_000, '5000', 5000],
  ['XEM_SHUTDOWN_GRACE_SECONDS', 'shutdown_grace_seconds', 30, '5', 5],
  ['XEM_MAX_CONCURRENT_EXECUTIONS', 'max_concurrent_executions', 20, '7', 7],
  ['XEM_LOG_LEVEL', 'log_level', 'info', 'debug'],
  ['XEM_TOOLS_DIR', 'tools_dir', '/var/lib/xerotier/tools', '/t'],
  ['XEM_CREDENTIALS_DIR', 'credentials_dir', '/var/lib/xerotier/credentials', '/c'],
  ['XEM_SIGNING_KEY_PATH', 'signing_key_path', '/var/lib/xerotier/agent-signing-key.hex', '/s.hex'],
  ['XEM_CURVE_KEY_PATH', 'curve_key_path', '/var/lib/xerotier/agent-curve-key.hex', '/k.hex'],
  ['XEM_QUEUE_DB_PATH', 'queue_db_path', '/var/lib/xerotier/state/queue.sqlite', '/q.sqlite'],
  ['XEM_ROUTER_AUTH_TOKEN', 'router_auth_token', undefined, 'token'],
  ['XEM_PROJECT_EXTERNAL_ID', 'project_external_id', undefined, 'proj_abcd1234'],
  ['XEROTIER_XEM_METRICS_PORT', 'metrics_port', 9095, '9999', 9999],
  ['XEROTIER_OTEL_ENABLED', 'otel_enabled', false, 'true', true],
  ['XEROTIER_OTEL_ENDPOINT', 'otel_endpoint', undefined, 'https://collector.example'],
  ['XEROTIER_OTEL_SERVICE_NAME', 'otel_service_name', 'xerotier-xem-agent', 'other'],
  ['XEROTIER_OTEL_SAMPLE_RATE', 'otel_sample_rate', 1, '0.25', 0.25],
]

const noFile = ['--config', join(import.meta.dirname, 'there-is-no-such-file.yaml')]
const load = (env: Record<string, string>) => loadAgentConfig(parseFlags({ ...configFlag, ...options }, noFile), env)

test('every variable has its default', () => {
  const { values, origins } = load({})
  for (const [name, key, byDefault] of variables) {
    assert.equal(values[key], byDefault, name)
    assert.equal(origins[key], byDefault === undefined ? 'unset' : 'default', name)
  }
})

test('every variable is read, and each one changes its own setting only', () => {
  const untouched = load({}).values
  for (const [name, key, , given, read = given] of variables) {
    const { values, origins, warnings } = load({ [name]: given })
    assert.deepEqual([values[key], origins[key]], [read, `env ${name}`])
    assert.deepEqual(warnings, [], name)
    // The enrollment is kept beside the queue.
    const { [key]: _, enrollment_path: __, ...others } = { ...untouched, ...values }
    for (const other in others) assert.equal(values[other as never], untouched[other as never], `${name}, ${other}`)
  }
})

test('one setting moves everything that the agent keeps, and a path of its own wins', () => {
  const { values } = load({ XEM_STATE_DIR: '/srv/agent', XEM_TOOLS_DIR: '/t' })
  const { tools_dir, credentials_dir, signing_key_path, curve_key_path, queue_db_path, enrollment_path } = values
  assert.deepEqual(
    [tools_dir, credentials_dir, signing_key_path, curve_key_path, queue_db_path, enrollment_path],
    [
      '/t',
      '/srv/agent/credentials',
      '/srv/agent/agent-signing-key.hex',
      '/srv/agent/agent-curve-key.hex',
      '/srv/agent/state/queue.sqlite',
      '/srv/agent/state/enrollment.json',
    ],
  )
  const nothingElse = Object.values(load({ XEM_STATE_DIR: '/srv/agent' }).values).map(String)
  assert.deepEqual(
    nothingElse.filter((value) => value.startsWith('/var/lib')),
    [],
  )
})
