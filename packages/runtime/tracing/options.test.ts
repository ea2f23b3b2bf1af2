import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig, requireComplete } from '../config.ts'
import { parseFlags } from '../config-flags.ts'
import { tracingOf, tracingOptions } from './options.ts'

const table = tracingOptions('xerotier-router')
const load = (env: Record<string, string>) => loadConfig(table, { flags: parseFlags(table, []), env })
const by = (env: Record<string, string>) => tracingOf(load({ XEROTIER_OTEL_ENABLED: 'true', ...env }).values)
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }

test('the variables of OpenTelemetry count as its SDKs read them', () => {
  const tracing = by({
    ...endpoint,
    OTEL_SERVICE_NAME: 'by-otel',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=unheard,deployment.environment.name=test%20bed, team = ops',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2500',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.5',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '64',
  })
  assert.ok(tracing)
  const { resource, ca: _, cert: __, key: ___, ...rest } = tracing
  assert.deepEqual(rest, {
    url: 'http://collector:4318/v1/traces',
    sampler: 'traceidratio',
    rate: 0.5,
    protocol: 'http/json',
    headers: { authorization: 'Bearer abc' },
    compression: 'gzip',
    timeoutMs: 2500,
    delayMs: 100,
    batchSpans: 64,
  })
  const { 'service.name': name, 'deployment.environment.name': environment, team } = resource
  assert.deepEqual([name, environment, team], ['by-otel', 'test bed', 'ops'])
})

test('ours come before those of OpenTelemetry, and those for traces before those for all', () => {
  const tracing = by({
    XEROTIER_OTEL_ENDPOINT: 'https://ours.example',
    XEROTIER_OTEL_SERVICE_NAME: 'ours',
    XEROTIER_OTEL_SAMPLE_RATE: '0.25',
    ...endpoint,
    OTEL_SERVICE_NAME: 'theirs',
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
  })
  const { url, rate, sampler, protocol, resource } = tracing ?? assert.fail()
  assert.deepEqual(
    [url, rate, sampler, protocol, resource['service.name']],
    ['https://ours.example/v1/traces', 0.25, 'parentbased_traceidratio', 'http/protobuf', 'ours'],
  )
  const whole = by({ ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://spans.example/in' })
  assert.equal(whole?.url, 'https://spans.example/in')
  assert.equal(by({ ...endpoint, OTEL_RESOURCE_ATTRIBUTES: 'service.name=x' })?.resource['service.name'], 'x')
  assert.equal(by(endpoint)?.resource['service.name'], 'xerotier-router')
})

test('traces are off unless asked for, and whatever else says off', () => {
  assert.equal(tracingOf(load(endpoint).values), undefined)
  assert.equal(by({ ...endpoint, OTEL_SDK_DISABLED: 'true' }), undefined)
  assert.equal(by({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }), undefined)
})

test('traces without a collector are a missing setting', () => {
  const { missing } = load({ XEROTIER_OTEL_ENABLED: 'true' })
  assert.throws(
    () => requireComplete(table, missing),
    /otel_endpoint: set XEROTIER_OTEL_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT/,
  )
  assert.deepEqual(load({ XEROTIER_OTEL_ENABLED: 'true', OTEL_SDK_DISABLED: 'true' }).missing, [])
})

test('what cannot be used is named without its value, but only where traces are on', () => {
  const wrong = {
    ...endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b,very-secret',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_BSP_SCHEDULE_DELAY: 'soon',
  }
  assert.throws(
    () => by(wrong),
    ({ message }: Error) =>
      [/otel_protocol .*http\/protobuf/, /otel_headers .*pair 2 is not/, /otel_sampler/, /otel_delay_ms/].every(
        (each) => each.test(message),
      ) && !message.includes('secret'),
  )
  assert.equal(tracingOf(load(wrong).values), undefined)
  assert.throws(
    () => by({ ...endpoint, OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file' }),
    /otel_ca_path: .* \(ENOENT\)/,
  )
})
