import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { voidApproved } from './void.ts'

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
  await voidApproved(core, stale, approvalId, 'the tool changed')
  assert.equal((await show(id)).state, 'cancelled')
  assert.equal((await approval(approvalId)).state, 'approved')
  const events = await core.store.db.selectFrom('events').select('kind').where('approval_id', '=', approvalId).execute()
  assert.ok(!events.some(({ kind }) => kind === 'approval.voided'))
  await free()
})
