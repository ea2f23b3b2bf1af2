import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import { type Bench, binding, createBench, grantFor } from './fixtures/recording-link.ts'

const schema = 'type: object, additionalProperties: false, properties: { value: { type: string, maxLength: 5 } }'
const tool = (name: string, risk: string, more = '') => `
  - { name: ${name}, description: d, risk: ${risk}, ${more} input_schema: { ${schema} }, command: ['true'] }`
const slow = `
  - { name: slow, description: d, risk: read, input_schema: { ${schema} }, command: [sleep, '60'] }`
const bundle = `
name: test
version: '1'
domain: test
tools:${tool('look', 'read')}${tool('change', 'write')}${tool('change_twice', 'write', 'idempotent: true,')}${tool('destroy', 'destructive')}${tool('destroy_twice', 'destructive', 'idempotent: true,')}${tool('end', 'irreversible')}${tool('cluster', 'read', 'workspace_types: [kubernetes],')}${slow}
`

let bench: Bench
before(() => {
  bench = createBench(bundle, { maxConcurrent: 2 })
})
after(() => bench.close())
beforeEach(() => bench.executions.pause([]))

async function refusal(frame: DispatchFrame) {
  bench.executions.dispatch([frame])
  const { code, retry, message } = await bench.until('refused', frame.execution_id)
  assert.ok(!bench.outbox.has(frame), 'a refused call leaves nothing in the journal')
  return { code, retry, message }
}

async function outcome(frame: DispatchFrame) {
  bench.executions.dispatch([frame])
  return (await bench.until('result', frame.execution_id)).outcome
}

test('calls that agree with the manifest run, dangerous ones with a grant', async () => {
  for (const name of ['look', 'change', 'change_twice', 'destroy', 'end']) {
    assert.equal(await outcome(bench.frame(name, { value: 'x' })), 'completed', name)
  }
})

test('a call that is not exactly what the agent would run is refused and not started', async () => {
  const { grant, digest } = bench.frame('destroy', {})
  const cases: [string, DispatchFrame, string, boolean][] = [
    ['tool', { ...bench.frame('look', {}), tool: 'nothing' }, 'exec_tool_not_found', true],
    ['schema', bench.frame('look', {}, { schema_digest: '0'.repeat(64) }), 'tool_executor_unavailable', true],
    ['risk made milder', bench.frame('destroy', {}, { risk: 'read' }), 'tool_executor_unavailable', true],
    ['credentials', bench.frame('look', {}, { credentials_ref: 'other' }), 'tool_executor_unavailable', true],
    ['repeated', bench.frame('change', {}, { at_most_once: false }), 'tool_executor_unavailable', true],
    ['project', bench.frame('look', {}, { project_id: 'proj_other' }), 'grant_invalid', false],
    ['arguments after the digest', { ...bench.frame('look', {}), args: { value: 'x' } }, 'grant_invalid', false],
    ['policy version', { ...bench.frame('look', {}), policy_version: 2 }, 'grant_invalid', false],
    ['execution', { ...bench.frame('look', {}), execution_id: randomUUID() }, 'grant_invalid', false],
    ['schema of the arguments', bench.frame('look', { value: 'too long' }), 'invalid_arguments', false],
    ['unknown argument', bench.frame('look', { other: 1 }), 'invalid_arguments', false],
    [
      'workspace',
      { ...bench.frame('look', {}), workspace: { ...binding, workspace_id: 'ws_ffffffffffff' } },
      'tool_executor_unavailable',
      true,
    ],
    ['workspace type', bench.frame('cluster', {}), 'grant_invalid', false],
    ['another call and its grant', { ...bench.frame('destroy', {}), grant, digest }, 'grant_invalid', false],
  ]
  for (const [name, frame, code, retry] of cases) {
    const refused = await refusal(frame)
    assert.deepEqual([refused.code, refused.retry], [code, retry], name)
  }
})

test('what the router says runs once is in the journal, whatever the manifest says', async () => {
  const frame = bench.frame('change_twice', {}, { at_most_once: true })
  assert.equal(await outcome(frame), 'completed')
  assert.deepEqual(
    bench.outbox.begin([frame]).map(({ execution_id }) => execution_id),
    [frame.execution_id],
  )
})

test('arguments that break the schema are named by their path, without their value', async () => {
  const { message } = await refusal(bench.frame('look', { value: 'secret value' }))
  assert.match(message, /^\/value must NOT have more than 5 characters$/)
})

test('a dangerous call needs a grant of the pinned router key, for this digest, in time', async () => {
  const change = (make: (digest: string) => DispatchFrame['grant']) => {
    const frame = bench.frame('end', {})
    return { ...frame, grant: make(frame.digest) }
  }
  const late = Date.now() - limits.grantClockToleranceMs - 1000
  const cases: [string, (digest: string) => DispatchFrame['grant']][] = [
    ['none', () => null],
    ['other digest', () => grantFor('0'.repeat(64))],
    ['expired', (digest) => grantFor(digest, { expires_at: late })],
    ['other key', (digest) => grantFor(digest, {}, newSigningKey())],
    ['expiry changed after signing', (digest) => ({ ...grantFor(digest), expires_at: Date.now() + 3_600_000 })],
    ['approval changed after signing', (digest) => ({ ...grantFor(digest), approval_id: randomUUID() })],
    [
      'other key that claims the id of the right one',
      (digest) => {
        const forged = grantFor(digest, {}, newSigningKey())
        return {
          ...forged,
          signatures: forged.signatures.map((one) => ({ ...one, key_id: grantFor(digest).signatures[0]!.key_id })),
        }
      },
    ],
  ]
  for (const [name, make] of cases) assert.equal((await refusal(change(make))).code, 'grant_invalid', name)
  assert.equal(await outcome(change((digest) => grantFor(digest, { expires_at: late + 60_000 }))), 'completed')
})

test('an attempt that is known is never started again', async () => {
  for (const name of ['look', 'destroy']) {
    const frame = bench.frame(name, {})
    bench.executions.dispatch([frame, frame])
    await bench.until('result', frame.execution_id)
    bench.executions.dispatch([frame])
    // Even when the router acknowledged the result and the outbox forgot it.
    if (name === 'destroy') {
      bench.outbox.acknowledge(frame)
      await outcome(bench.frame('destroy', {}))
    }
    bench.executions.dispatch([frame])
    await bench.executions.idle()
    assert.equal(
      bench.frames.filter((one) => one.t === 'result' && one.execution_id === frame.execution_id).length,
      1,
      name,
    )
  }
})

test('calls that may run only once are in the journal, in one transaction, before any of them starts', async () => {
  const begins: string[][] = []
  const begin = bench.outbox.begin
  bench.outbox.begin = (calls) => {
    begins.push(calls.map((call) => call.execution_id))
    assert.ok(
      !bench.frames.some((frame) => calls.some((call) => call.execution_id === frame.execution_id)),
      'nothing has started',
    )
    return begin(calls)
  }
  const frames = [bench.frame('change', {}), bench.frame('destroy_twice', {})]
  bench.executions.dispatch(frames)
  bench.executions.dispatch([])
  for (const frame of frames) await bench.until('result', frame.execution_id)
  const harmless = [bench.frame('look', {}), bench.frame('change_twice', {})]
  bench.executions.dispatch(harmless)
  for (const frame of harmless) await bench.until('result', frame.execution_id)
  bench.outbox.begin = begin
  assert.deepEqual(begins, [frames.map((frame) => frame.execution_id)])
})

test('when the journal cannot be written, calls that may run only once are refused and the others run', async () => {
  const begin = bench.outbox.begin
  bench.outbox.begin = () => {
    throw new Error('disk full')
  }
  const look = bench.frame('look', {})
  const destroy = bench.frame('destroy', {})
  bench.executions.dispatch([look, destroy])
  bench.outbox.begin = begin
  assert.equal((await bench.until('refused', destroy.execution_id)).retry, true)
  assert.equal((await bench.until('result', look.execution_id)).outcome, 'completed')
})

test('a full, a paused and a draining agent take nothing new', async () => {
  const running = [bench.frame('slow', {}), bench.frame('slow', {})]
  bench.executions.dispatch(running)
  assert.deepEqual((await refusal(bench.frame('look', {}))).code, 'capacity_exceeded')
  for (const frame of running) bench.executions.cancel(frame)
  await bench.executions.idle()

  for (const paused of [null, binding.workspace_id]) {
    bench.executions.pause([{ workspace_id: paused }])
    assert.deepEqual((await refusal(bench.frame('look', {}))).retry, true)
  }
  bench.executions.pause([{ workspace_id: 'ws_ffffffffffff' }])
  assert.equal(await outcome(bench.frame('look', {})), 'completed')

  const other = createBench(bundle)
  other.executions.drain()
  const frame = other.frame('look', {})
  other.executions.dispatch([frame])
  assert.equal((await other.until('refused', frame.execution_id)).code, 'tool_executor_unavailable')
  await other.close()
})
