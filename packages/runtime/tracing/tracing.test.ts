import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Receiver, startReceiver } from '@xerotier/devkit/fakes/otlp-collector/receiver.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { systemClock } from '../clock.ts'
import { createLog, silentLog } from '../log.ts'
import { createTracing, type TracingSettings } from './tracing.ts'

let collector: Receiver
before(async () => {
  collector = await startReceiver()
})
after(() => collector.close())

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const settings = (more: Partial<TracingSettings> = {}): TracingSettings => ({
  url: `${collector.endpoint}/v1/traces`,
  sampler: 'parentbased_traceidratio',
  rate: 1,
  protocol: 'http/protobuf',
  headers: {},
  compression: 'none',
  timeoutMs: 10_000,
  resource: { 'service.name': 'test' },
  delayMs: 0,
  batchSpans: 512,
  ...more,
})
const surroundings = { clock: systemClock, log: silentLog, version: '1.2.3' }

/** A log, and what it said. */
function listening() {
  const lines: { msg: string; level: string }[] = []
  const log = createLog({
    level: 'warning',
    name: 'test',
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  })
  return { log, lines }
}

for (const protocol of ['http/protobuf', 'http/json'] as const) {
  test(`a span reaches the collector as a child of the trace that it was given, as ${protocol}`, async () => {
    const compression = protocol === 'http/json' ? 'gzip' : 'none'
    const resource = { 'service.name': protocol, 'deployment.environment.name': 'staging' }
    const headers = { authorization: 'Bearer of-the-collector' }
    const tracing = createTracing(settings({ protocol, compression, resource, headers }), surroundings)
    const about = { tool: 'host_uptime', attempt: 1, share: 0.5, dry: true, gone: undefined }
    const span = tracing.start('execute', parent, about, { kind: 'consumer' })
    span?.end({ ok: false, message: 'exit code 1', attributes: { outcome: 'failed', signal: null } })
    tracing.record('exec.wait', span?.traceparent ?? null, {
      from: 1_800_000_000_000.25,
      to: 1_800_000_000_007,
      ok: true,
      attributes: {},
    })
    const ours = () => collector.spans.filter((sent) => sent.resource['service.name'] === protocol)
    await collector.until('two spans', () => ours().length === 2)
    await tracing.close()
    assert.match(span?.traceparent ?? '', /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
    const [sent, waited] = ours()
    assert.deepEqual(
      { ...sent, resource: 0, from: 0, to: 0 },
      {
        resource: 0,
        from: 0,
        to: 0,
        scope: { name: 'xerotier', version: '1.2.3' },
        name: 'execute',
        kind: 5,
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: span?.traceparent.slice(36, 52),
        parentSpanId: 'b7ad6b7169203331',
        status: { code: 2, message: 'exit code 1' },
        attributes: { tool: 'host_uptime', attempt: 1, share: 0.5, dry: true, outcome: 'failed' },
      },
    )
    assert.equal(sent?.resource['deployment.environment.name'], 'staging')
    assert.equal(sent?.resource['telemetry.sdk.name'], 'opentelemetry')
    assert.ok(sent !== undefined && sent.to >= sent.from)
    assert.deepEqual([waited?.from, waited?.to], [1_800_000_000_000_250_000n, 1_800_000_000_007_000_000n])
    assert.deepEqual([waited?.kind, waited?.parentSpanId, waited?.status.code], [1, sent?.spanId, 1])
    const { path, headers: received } = collector.requests.at(-1) ?? assert.fail()
    assert.deepEqual([path, received.authorization], ['/v1/traces', 'Bearer of-the-collector'])
    assert.deepEqual(collector.flaws, [])
    assert.deepEqual(tracing.counts(), { sent: 2, lost: 0 })
  })
}

test('nothing is traced when it is off, when the parent was not sampled, or when the rate says no', async () => {
  assert.equal(createTracing(undefined, surroundings).start('x', parent, {}), undefined)
  const none = createTracing(settings({ rate: 0 }), surroundings)
  assert.equal(none.start('x', null, {}), undefined)
  assert.equal(none.start('x', parent.replace(/01$/, '00'), {}), undefined)
  assert.ok(none.start('x', parent, {}), 'the decision of the parent stands')
  await none.close()
})

test('only the thread that exports loads the SDK', () => {
  const root = join(import.meta.dirname, '../..')
  const naming = globSync('*/**/*.ts', { cwd: root, exclude: ['**/node_modules', '**/*.test.ts'] }).filter((path) =>
    /['"]@opentelemetry\//.test(readFileSync(join(root, path), 'utf8')),
  )
  assert.deepEqual(naming, ['runtime/tracing/export-thread.ts'])
})

test('what a collector refuses for now is sent again', async () => {
  collector.behave({ status: 503, times: 1 })
  const tracing = createTracing(settings({ resource: { 'service.name': 'again' } }), surroundings)
  tracing.start('x', null, {})?.end({ ok: true })
  await collector.until('the span', ({ spans }) => spans.some(({ resource }) => resource['service.name'] === 'again'))
  await tracing.close()
  assert.deepEqual(tracing.counts(), { sent: 1, lost: 0 })
})

test('what a collector refuses for good is lost and said once', async () => {
  collector.behave({ status: 400, times: 2 })
  const { log, lines } = listening()
  const tracing = createTracing(settings({ batchSpans: 1 }), { ...surroundings, log })
  for (const name of ['one', 'two']) tracing.start(name, null, {})?.end({ ok: true })
  await until('both to be lost', () => tracing.counts()?.lost === 2 || undefined)
  await tracing.close()
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [['warning', 'spans could not be exported and are lost']],
  )
})

test('a collector that hangs costs the spans and a moment at the end, and not the memory of the process', async () => {
  collector.behave('hang')
  const before = collector.requests.length
  const clock = settableClock()
  const { log, lines } = listening()
  const tracing = createTracing(settings(), { clock, log, version: '1' })
  for (let count = 0; count < limits.spansWaiting + 10; count++) tracing.start('x', null, {})?.end({ ok: true })
  assert.deepEqual(tracing.counts(), { sent: 0, lost: 10 })
  await collector.until('a request', ({ requests }) => requests.length > before)
  const closed = tracing.close()
  await until('the deadline to be set', () => clock.pending() > 0 || undefined)
  await clock.advance(limits.traceCloseMs)
  await closed
  assert.deepEqual(tracing.counts(), { sent: 0, lost: limits.spansWaiting + 10 })
  assert.equal(lines.length, 1)
  collector.behave('take')
})

test('a thread that cannot start leaves the process without traces', async () => {
  const { log, lines } = listening()
  const tracing = createTracing(settings({ url: 'no url' }), { ...surroundings, log })
  tracing.start('x', null, {})?.end({ ok: true })
  await tracing.close()
  assert.deepEqual(tracing.counts(), { sent: 0, lost: 1 })
  assert.match(lines[0]?.msg ?? '', /^the thread that exports spans ended/)
})
