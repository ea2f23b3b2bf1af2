import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { executionDetailSchema } from '@xerotier/protocol/api/executions.ts'
import { compileJsonSchema } from '@xerotier/runtime/json-schema.ts'
import { newUuid } from '../ids.ts'

let system: RouterForTests
let worker: ServingAgent
const secret = { type: 'string', writeOnly: true }
const tools = [
  toolOf('look'),
  toolOf('change', { risk: 'write' }),
  toolOf('wipe', { risk: 'destructive' }),
  toolOf('login', { input_schema: { type: 'object', properties: { user: { type: 'string' }, password: secret } } }),
]
before(async () => {
  system = await startRouterForTests({ settings: { traceUrl: 'https://traces.test/trace/{trace_id}' } })
  worker = await servingAgent(system.client, 'worker', 'ws', tools, { version: '1.2.3' })
})
after(async () => {
  worker.agent.close()
  await system.stop()
})

const submit = (tool: string, args: Record<string, unknown> = {}) =>
  system.client.call('invocations.submit', { body: { workspace: 'ws', tool, args, reason: 'first' } })
const retry = (id: string, body: Record<string, unknown> = {}, more: { idempotencyKey?: string } = {}) =>
  system.client.call('executions.retry', { params: { id }, body, ...more })
const show = (id: string) => system.client.call('executions.show', { params: { id } })
const failed = { outcome: 'failed', exit_code: 1, error: { code: 'execution_failed', message: 'no' } }

/** Both are there, or neither: what the first record says is committed with the second call. */
async function notedWith(first: string, again: string): Promise<void> {
  const { rows } = await system.router.core.store.pool.query(
    `select count(*) as events, count(distinct xid) as transactions from (
       (select xid from events where execution_id = $1 and kind = 'execution.retried' order by seq desc limit 1)
       union all
       (select xid from events where execution_id = $2 order by xid, seq limit 1)) as those`,
    [first, again],
  )
  assert.deepEqual(rows, [{ events: 2, transactions: 1 }])
}

test('a call that failed is made again, and both records name each other', async () => {
  const first = await submit('look', { deep: { at: 1 } })
  await worker.answer(await worker.agent.next('dispatch'), failed)
  const again = await retry(first.id, {}, { idempotencyKey: 'again' })
  assert.deepEqual(
    [again.retry_of, again.tool, again.args, again.reason],
    [first.id, 'look', { deep: { at: 1 } }, 'first'],
  )
  assert.notEqual(again.digest, first.digest)
  const same = await retry(first.id, {}, { idempotencyKey: 'again' })
  assert.equal(same.id, again.id)
  await worker.answer(await worker.agent.next('dispatch'))
  const [before, after] = [await show(first.id), await show(again.id)]
  assert.deepEqual([before.retries.map(({ id }) => id), before.retry_of], [[again.id], null])
  assert.deepEqual([after.retries, after.retry_of], [[], first.id])
  const { rows } = await system.router.core.store.pool.query(
    `select data from events where execution_id = $1 and kind = 'execution.retried'`,
    [first.id],
  )
  assert.deepEqual(rows, [{ data: { retry: again.id } }])
  await notedWith(first.id, again.id)
})

test('a call that needed an approval needs another one when it is made again', async () => {
  const first = await submit('wipe')
  await system.client.call('approvals.reject', { params: { id: first.approval_id ?? '' }, body: {} })
  const again = await retry(first.id, { reason: 'now it is fine' })
  assert.deepEqual([again.state, again.reason], ['pending_approval', 'now it is fine'])
  assert.notEqual(again.approval_id, first.approval_id)
  await notedWith(first.id, again.id)
  await assert.rejects(retry(again.id), {
    code: 'illegal_transition',
    message: /pending_approval; only one that has ended/,
  })
  await system.client.call('approvals.reject', { params: { id: again.approval_id ?? '' }, body: {} })
})

test('a call that runs, that is in doubt or that is unknown is not made again', async () => {
  const running = await submit('change')
  const frame = await worker.agent.next('dispatch')
  await assert.rejects(retry(running.id), { code: 'illegal_transition', status: 409 })
  await worker.answer(frame, { outcome: 'interrupted', exit_code: null })
  await assert.rejects(retry(running.id), { code: 'illegal_transition', message: /ambiguous: it may have run/ })
  await system.client.call('executions.resolve', {
    params: { id: running.id },
    body: { outcome: 'failed', note: 'seen' },
  })
  const again = await retry(running.id)
  await worker.answer(await worker.agent.next('dispatch'))
  assert.equal(again.retry_of, running.id)
  await assert.rejects(retry(newUuid(0)), { code: 'execution_not_found' })
})

test('secret arguments are asked for again, and go to the agent alone', async () => {
  const first = await submit('login', { user: 'anna', password: 'planted-1' })
  await worker.answer(await worker.agent.next('dispatch'), failed)
  await assert.rejects(retry(first.id), { code: 'invalid_arguments', param: 'args.password', message: /give it again/ })
  await assert.rejects(retry(first.id, { args: { password: 'x', user: 'ben' } }), { param: 'args.user' })
  const again = await retry(first.id, { args: { password: 'planted-2' } })
  const { secrets } = await worker.agent.next('dispatch').then(async (frame) => {
    await worker.answer(frame)
    return frame
  })
  assert.deepEqual(
    secrets?.map(({ path, value }) => [path, value]),
    [[['password'], 'planted-2']],
  )
  assert.equal(JSON.stringify(await show(again.id)).includes('planted'), false)
})

test('the record tells each attempt with the agent and its version, and where its trace is', async () => {
  const { id } = await submit('look')
  await worker.answer(await worker.agent.next('dispatch'))
  const record = await show(id)
  const [attempt] = record.attempts
  assert.deepEqual(
    [attempt?.attempt, attempt?.agent, attempt?.agent_version, attempt?.outcome, record.attempts.length],
    [1, 'worker', '1.2.3', 'completed', 1],
  )
  assert.deepEqual([attempt?.started_at, attempt?.ended_at], [record.started_at, record.finished_at])
  // After the commit, which is not before the call came.
  assert.ok(attempt?.sent_at && attempt.sent_at >= record.created_at, `${attempt?.sent_at}`)
  const [trace_id, trace_url] = record.trace_id === null ? [null, null] : [record.trace_id, record.trace_url]
  assert.equal(trace_url, trace_id === null ? null : `https://traces.test/trace/${trace_id}`)
})

test('the served JSON Schema describes the whole record, and refuses one that lacks a field', async () => {
  const schema = await system.client.call('executions.schema', {})
  const check = compileJsonSchema(schema, 'lenient')
  const { id } = await submit('wipe')
  const record = await show(id)
  assert.equal(check(record), undefined)
  assert.deepEqual(Object.keys(record).sort(), Object.keys(executionDetailSchema.shape).sort())
  const { attempts: _, ...less } = record
  assert.notEqual(check(less), undefined)
})
