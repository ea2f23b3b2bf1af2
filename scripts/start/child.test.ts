import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanEnvironment, passedOn, tracingVariables } from './child.ts'
import { passed } from './router.ts'

test('settings of tracing reach the processes of npm start, and what was not asked for does not', () => {
  const tracing = { XEROTIER_OTEL_ENABLED: 'true', XEROTIER_OTEL_ENDPOINT: 'http://127.0.0.1:4318' }
  const env = { ...tracing, XEROTIER_API_KEY: 'of another system', PATH: '/bin' }
  assert.deepEqual({ ...cleanEnvironment(env), ...passedOn(env, tracingVariables) }, { ...tracing, PATH: '/bin' })
  for (const name of [...Object.keys(tracing), 'XEROTIER_OTEL_SERVICE_NAME', 'OTEL_EXPORTER_OTLP_HEADERS'])
    assert.ok(tracingVariables.includes(name), name)
})

test('every setting of the router passes, but those that say where it is and whose', () => {
  for (const name of ['XEROTIER_SMTP_URL', 'XEROTIER_APPROVAL_LINK_SECRET', 'XEROTIER_NOTIFICATION_PRIVATE_TARGETS'])
    assert.ok(passed.includes(name), name)
  for (const name of ['XEROTIER_HTTP_PORT', 'XEROTIER_STATE_DIR', 'XEROTIER_BOOTSTRAP_KEY_FILE'])
    assert.ok(!passed.includes(name), name)
})
