import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { systemClock } from './clock.ts'
import { silentLog } from './log.ts'
import { createTracing } from './tracing.ts'

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const options = { serviceName: 'test', sampleRate: 1, clock: systemClock, log: silentLog }

test('a span goes to the collector as a child of the trace that it was given', async () => {
  const bodies: string[] = []
  const collector = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`)
      response.end('{}')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => collector.once('listening', resolve))
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  const tracing = createTracing({ ...options, enabled: true, endpoint })
  const span = tracing.start('execute', parent, { tool: 'host_uptime', attempt: 1, share: 0.5, dry: true })
  span?.end({ ok: false, message: 'exit code 1', attributes: { gone: null } })
  await tracing.close()
  collector.close()
  assert.match(span?.traceparent ?? '', /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
  assert.equal(bodies.length, 1)
  const [path, body] = bodies[0]!.split(/ (.*)/s)
  assert.equal(path, '/v1/traces')
  const { resource, scopeSpans } = JSON.parse(body!).resourceSpans[0]
  assert.deepEqual(resource.attributes, [{ key: 'service.name', value: { stringValue: 'test' } }])
  const [sent] = scopeSpans[0].spans
  assert.equal(sent.traceId, '0af7651916cd43dd8448eb211c80319c')
  assert.equal(sent.parentSpanId, 'b7ad6b7169203331')
  assert.deepEqual(sent.status, { code: 2, message: 'exit code 1' })
  assert.deepEqual(sent.attributes, [
    { key: 'tool', value: { stringValue: 'host_uptime' } },
    { key: 'attempt', value: { intValue: '1' } },
    { key: 'share', value: { doubleValue: 0.5 } },
    { key: 'dry', value: { boolValue: true } },
  ])
})

test('nothing is traced when it is off, when the parent was not sampled, or when the rate says no', () => {
  const endpoint = 'http://127.0.0.1:1'
  assert.equal(createTracing({ ...options, enabled: false, endpoint }).start('x', parent, {}), undefined)
  const on = createTracing({ ...options, enabled: true, endpoint, sampleRate: 0 })
  assert.equal(on.start('x', null, {}), undefined)
  assert.equal(on.start('x', parent.replace(/01$/, '00'), {}), undefined)
  assert.ok(on.start('x', parent, {}), 'the decision of the parent stands')
})

test('a collector that is down costs nothing but the spans', async () => {
  const tracing = createTracing({ ...options, enabled: true, endpoint: 'http://127.0.0.1:1' })
  tracing.start('x', null, {})?.end({ ok: true })
  await tracing.close()
})
