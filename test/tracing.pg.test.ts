// The trace of a call across router and agent, at a collector of our own.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type System, startSystem } from '@xerotier/devkit/system.ts'

interface SpanSent {
  service: string
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  status: { code: number; message?: string }
  attributes: { key: string; value: Record<string, unknown> }[]
}

const spans: SpanSent[] = []
const collector = createServer((request, response) => {
  let body = ''
  request.on('data', (data) => {
    body += data
  })
  request.on('end', () => {
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans)
      for (const span of scopeSpans[0].spans) spans.push({ ...span, service: resource.attributes[0].value.stringValue })
    response.end('{}')
  })
})

let system: System
let endpoint: string
before(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  system = await startSystem({ tracing: { enabled: true, endpoint, serviceName: 'the-router', sampleRate: 1 } })
  const agent = await system.addAgent({
    env: {
      XEROTIER_OTEL_ENABLED: 'true',
      XEROTIER_OTEL_ENDPOINT: endpoint,
      XEROTIER_OTEL_SERVICE_NAME: 'the-agent',
    },
  })
  await system.addWorkspace('traced', 'generic', [agent])
})
after(() => collector.close())

/** Makes one call that completes and one that is rejected. */
async function twoCalls() {
  const done = await system.run('traced', 'bench_echo', { size: 1 })
  const refused = await system.ask('traced', 'host_process_kill', { pid: 999_999 })
  const { data } = await system.client.call('approvals.list', { query: { status: 'pending' } })
  await system.client.call('approvals.reject', { params: { id: data[0]!.id }, body: { note: 'no' } })
  return { done, refused }
}

test('one trace holds submit, wait, dispatch, the agent and the settlement, and has the id of the execution', async () => {
  // Stopping sends the spans that wait.
  const { done, refused } = await twoCalls().finally(() => system.stop())
  const traceOf = (id: string) => spans.filter(({ traceId }) => traceId === id.replaceAll('-', ''))
  const all = traceOf(done.id)
  const submit = all.find(({ name }) => name === 'exec.submit')
  assert.equal(done.trace_id, done.id.replaceAll('-', ''))
  assert.equal(submit?.parentSpanId, undefined)
  assert.ok(submit?.attributes.some(({ key, value }) => key === 'request_id' && value.stringValue === done.request_id))
  assert.deepEqual(
    all.map(({ service, name, parentSpanId }) => [service, name, parentSpanId === submit?.spanId]).sort(),
    [
      ['the-agent', 'execute', true],
      ['the-router', 'exec.dispatch', true],
      ['the-router', 'exec.settle', true],
      ['the-router', 'exec.submit', false],
      ['the-router', 'exec.wait', true],
    ],
  )
  assert.ok(all.every(({ status }) => status.code === 1))

  const rejected = traceOf(refused.id)
  assert.deepEqual(rejected.map(({ name, status }) => [name, status.code, status.message]).sort(), [
    ['exec.settle', 2, 'rejected'],
    ['exec.submit', 1, undefined],
    ['exec.wait', 2, 'rejected'],
  ])
})

test('an agent that traces beside a router that does not gives its trace the id of the execution', async () => {
  const alone = await startSystem()
  const env = { XEROTIER_OTEL_ENABLED: 'true', XEROTIER_OTEL_ENDPOINT: endpoint }
  const agent = await alone.addAgent({ env })
  await alone.addWorkspace('alone', 'generic', [agent])
  const { id } = await alone.run('alone', 'bench_echo', { size: 1 }).finally(() => alone.stop())
  const own = spans.filter(({ attributes }) => attributes.some(({ value }) => value.stringValue === id))
  assert.deepEqual(
    own.map(({ name, traceId }) => [name, traceId]),
    [['execute', id.replaceAll('-', '')]],
  )
})
