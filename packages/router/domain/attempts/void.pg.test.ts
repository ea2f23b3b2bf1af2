import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { endChanged } from './void.ts'

let system: RouterForTests
let worker: ServingAgent
before(async () => {
  system = await startRouterForTests()
  worker = await servingAgent(
    system.client,
    'worker',
    'gated',
    [toolOf('work', { risk: 'destructive' }), toolOf('look')],
    { max_concurrent_executions: 1 },
  )
})
after(async () => {
  worker.agent.close()
  await system.stop()
})

const show = (id: string) => system.client.call('executions.show', { params: { id } })
const approval = (id: string) => system.client.call('approvals.show', { params: { id } })

/** An approved call that waits behind one that the only agent runs. */
async function approvedAndQueued() {
  const { client } = system
  await client.call('invocations.submit', { body: { workspace: 'gated', tool: 'look', args: {} } })
  const running = await worker.agent.next('dispatch')
  const { id, approval_id } = await client.call('invocations.submit', {
    body: { workspace: 'gated', tool: 'work', args: {} },
  })
  await client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  assert.equal((await show(id)).state, 'queued')
  return { id, approvalId: approval_id!, free: () => worker.answer(running) }
}

test('an approval does not outlive the policy that asked for it', async () => {
  const { id, approvalId, free } = await approvedAndQueued()
  const { db } = system.router.core.store
  await db.updateTable('executions').set({ policy_version: 2 }).where('id', '=', id).execute()
  await free()
  await until('the call to end', async () => ((await show(id)).state === 'cancelled' ? true : undefined))
  assert.equal((await show(id)).error?.code, 'approval_voided')
  assert.equal((await approval(approvalId)).state, 'voided')
})

test('the approval of a call that was cancelled meanwhile stays what it was', async () => {
  const { id, approvalId, free } = await approvedAndQueued()
  const { core } = system.router
  const stale = await core.store.db.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  await system.client.call('invocations.cancel', { params: { id } })
  await endChanged(core, stale, 'The tool changed')
  assert.equal((await show(id)).state, 'cancelled')
  assert.equal((await approval(approvalId)).state, 'approved')
  const events = await core.store.db.selectFrom('events').select('kind').where('approval_id', '=', approvalId).execute()
  assert.ok(!events.some(({ kind }) => kind === 'approval.voided'))
  await free()
})

test('a call that waits is ended at once, and says why, when its tool is another at every agent that is there', async (t) => {
  const { client } = system
  const server = await servingAgent(client, 'reloading', 'reloaded', [toolOf('look')], { max_concurrent_executions: 1 })
  t.after(() => server.agent.close())
  const offer = async (schema: Record<string, unknown>, version: number) => {
    const manifest = manifestOf([toolOf('look', { input_schema: schema })], version)
    const { manifest_hash, manifest_version } = manifest
    const about = { lease_epoch: server.agent.leaseEpoch, manifest_hash, manifest_version, manifest }
    const { execution_id, attempt, lease_epoch } = running
    const in_flight = [{ execution_id, attempt, lease_epoch, status: 'running' as const }]
    await server.agent.send([{ t: 'lease_renewal', ...about, in_flight, draining: false }])
    await server.agent.next('lease')
  }
  const submit = () => client.call('invocations.submit', { body: { workspace: 'reloaded', tool: 'look', args: {} } })
  await submit()
  const running = await server.agent.next('dispatch')
  const { id, state } = await submit()
  assert.equal(state, 'queued')
  await offer({ type: 'object', maxProperties: 3 }, 2)
  await server.answer(running)
  await until('the call to end', async () => ((await show(id)).state === 'queued' ? undefined : true))
  const { state: end, error } = await show(id)
  assert.deepEqual(
    [end, error],
    [
      'cancelled',
      {
        code: 'tool_changed',
        message: 'The tool look or its credentials changed after the call was submitted, so it was not run.',
      },
    ],
  )
  assert.equal(server.agent.waiting.filter((frame) => frame.t === 'dispatch').length, 0)
})

test('a call that waits goes to the agent that still runs what was submitted', async (t) => {
  const { client } = system
  const one = { max_concurrent_executions: 1 }
  const old = await servingAgent(client, 'rolled-1', 'rolled', [toolOf('look')], one)
  const submit = () => client.call('invocations.submit', { body: { workspace: 'rolled', tool: 'look', args: {} } })
  t.after(() => old.agent.close())
  await submit()
  const running = await old.agent.next('dispatch')
  const { id } = await submit()
  const changed = toolOf('look', { input_schema: { type: 'object', maxProperties: 3 } })
  const next = await servingAgent(client, 'rolled-2', 'rolled', [changed], one)
  t.after(() => next.agent.close())
  await old.answer(running)
  const call = await old.agent.next('dispatch')
  assert.equal(call.execution_id, id)
  await old.answer(call)
})
