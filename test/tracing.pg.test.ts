// The trace of a call across HTTP, router and agent, at a collector that is a process of its own.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Collector, startCollector } from '@xerotier/devkit/fakes/otlp-collector/collector.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { loadConfig } from '@xerotier/runtime/config.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { tracingOf, tracingOptions } from '@xerotier/runtime/tracing/options.ts'

let collector: Collector
let system: System

/** What the router's settings make of these variables. */
function tracingBy(env: Record<string, string>) {
  const table = tracingOptions('xerotier-router')
  return tracingOf(loadConfig(table, { flags: parseFlags(table, []), env }).values)
}

/** Each process with the variables of another kind, and with another encoding. */
const environments = () => ({
  router: {
    XEROTIER_OTEL_ENABLED: 'true',
    XEROTIER_OTEL_ENDPOINT: collector.endpoint,
    XEROTIER_OTEL_SERVICE_NAME: 'the-router',
    OTEL_BSP_SCHEDULE_DELAY: '0',
  },
  agent: {
    XEROTIER_OTEL_ENABLED: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=the-agent,deployment.environment.name=test%20bed',
    OTEL_BSP_SCHEDULE_DELAY: '0',
  },
})

before(async () => {
  collector = await startCollector()
  const { router, agent } = environments()
  system = await startSystem({ tracing: tracingBy(router) })
  await system.addWorkspace('traced', 'generic', [await system.addAgent({ env: agent })])
})
after(async () => {
  await system.stop()
  await collector.kill()
})

const traceIdOf = (executionId: string) => executionId.replaceAll('-', '')

/** The spans of a call once there are so many. */
async function traceOf(traceId: string, count: number) {
  const ours = () => collector.spans.filter((span) => span.traceId === traceId)
  await collector.until(`${count} spans`, () => ours().length >= count)
  return ours()
}

type Spans = Awaited<ReturnType<typeof traceOf>>

/** Each span with the name of the one that it is below. */
function nested(spans: Spans): string[] {
  return spans
    .map(({ name, parentSpanId, resource }) => {
      const above = spans.find(({ spanId }) => spanId === parentSpanId)
      return `${resource['service.name']}: ${name} < ${above?.name ?? parentSpanId}`
    })
    .sort()
}

const submitting = 'POST /:project_id/v1/exec/invocations'

test('one trace holds request, policy, queue, dispatch, agent, tool and result, under the id of the execution', async () => {
  const done = await system.run('traced', 'bench_echo', { size: 1 })
  assert.equal(done.trace_id, traceIdOf(done.id))
  const spans = await traceOf(traceIdOf(done.id), 8)
  assert.deepEqual(nested(spans), [
    'the-agent: execute < exec.submit',
    'the-agent: tool < execute',
    'the-router: POST /:project_id/v1/exec/invocations < ',
    'the-router: exec.dispatch < exec.submit',
    'the-router: exec.policy < exec.submit',
    'the-router: exec.queue < exec.submit',
    'the-router: exec.result < exec.submit',
    `the-router: exec.submit < ${submitting}`,
  ])
  assert.ok(spans.every(({ status, attributes }) => status.code === 1 && attributes.execution_id === done.id))
  const named = (name: string) => spans.find((span) => span.name === name)
  const kinds = [submitting, 'exec.submit', 'execute', 'tool'].map((name) => named(name)?.kind)
  assert.deepEqual(kinds, [2, 4, 5, 1])
  const { attributes } = named(submitting) ?? assert.fail()
  assert.equal(attributes['http.response.status_code'], 200)
  assert.equal(attributes.request_id, done.request_id)
  assert.equal(named('exec.policy')?.attributes.decision, 'allow')
  assert.equal(named('tool')?.resource['deployment.environment.name'], 'test bed')
  for (const { from, to } of spans) assert.ok(from <= to)
})

test('a call that is rejected has a trace that says so, without an agent', async () => {
  const asked = await system.ask('traced', 'host_process_kill', { pid: 999_999 })
  const params = { id: asked.approval_id ?? assert.fail() }
  await system.client.call('approvals.reject', { params, body: { note: 'no' } })
  const spans = await traceOf(traceIdOf(asked.id), 5)
  assert.deepEqual(spans.map(({ name, status }) => [name, status.code, status.message]).sort(), [
    [submitting, 1, ''],
    ['exec.policy', 1, ''],
    ['exec.queue', 2, 'rejected'],
    ['exec.result', 2, 'rejected'],
    ['exec.submit', 1, ''],
  ])
})

test('a call that comes in a trace is part of it, and one that is refused is in it too', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  const submit = (tool: string) =>
    fetch(`${system.router.router.url}/demo/v1/exec/invocations?wait=60`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.router.apiKey}`, 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ workspace: 'traced', tool, args: {} }),
    })
  assert.equal((await submit('bench_echo')).status, 200)
  const refused = await submit('no_such_tool')
  assert.equal(refused.status, 400, await refused.text())
  const spans = await traceOf(traceId, 9)
  const requests = spans.filter(({ name }) => name === submitting)
  assert.deepEqual(
    requests.map(({ parentSpanId }) => parentSpanId),
    ['b7ad6b7169203331', 'b7ad6b7169203331'],
  )
  assert.deepEqual(requests.map(({ attributes }) => attributes['http.response.status_code']).sort(), [200, 400])
})

test('an agent that traces beside a router that does not gives its trace the id of the execution', async () => {
  const alone = await startSystem()
  try {
    const agent = await alone.addAgent({ env: environments().agent })
    await alone.addWorkspace('alone', 'generic', [agent])
    const { id, trace_id } = await alone.run('alone', 'bench_echo', { size: 1 })
    assert.equal(trace_id, null)
    assert.deepEqual(nested(await traceOf(traceIdOf(id), 2)), ['the-agent: execute < ', 'the-agent: tool < execute'])
  } finally {
    await alone.stop()
  }
})

test('calls go on, and router and agent stop, while their collector hangs', async () => {
  const hanging = await startCollector()
  try {
    const env = {
      XEROTIER_OTEL_ENABLED: 'true',
      XEROTIER_OTEL_ENDPOINT: hanging.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '0',
    }
    hanging.pause()
    const beside = await startSystem({ tracing: tracingBy(env) })
    try {
      await beside.addWorkspace('beside', 'generic', [await beside.addAgent({ env })])
      for (let count = 0; count < 5; count++) await beside.run('beside', 'bench_echo', { size: 1 })
    } finally {
      await beside.stop()
    }
  } finally {
    await hanging.kill()
  }
})
