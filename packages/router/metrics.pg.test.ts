import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { ownRouter, resultOf, serving, submit, system, withDatabase } from './broker/wire.fixture.ts'

ownRouter()

async function scraped(name: string): Promise<string[]> {
  const text = await (await fetch(`${system.router.url}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith(`xerotier_router_${name}`))
}

test('the metrics count how calls ended, and how many approvals wait', async () => {
  const { agent, workspace } = await serving([toolOf('t_read'), toolOf('t_kill', { risk: 'destructive' })])
  const gated = await submit(workspace, 't_kill')
  assert.deepEqual(await scraped('approvals_pending'), ['xerotier_router_approvals_pending 1'])
  assert.deepEqual(await scraped('executions_ended_total'), [])

  const approve = { params: { id: gated.approval_id! }, body: {} }
  await system.client.call('approvals.approve', approve)
  const dispatched = await agent.next('dispatch')
  const read = submit(workspace, 't_read', 60)
  await agent.send([resultOf(dispatched, { outcome: 'failed', error: { code: 'execution_failed', message: 'no' } })])
  await agent.next('result_ack')
  await agent.send([resultOf(await agent.next('dispatch'))])
  await read
  assert.deepEqual((await scraped('executions_ended_total')).sort(), [
    'xerotier_router_executions_ended_total{state="completed",risk="read"} 1',
    'xerotier_router_executions_ended_total{state="failed",risk="destructive"} 1',
  ])
  assert.deepEqual(await scraped('approvals_pending'), ['xerotier_router_approvals_pending 0'])
})

test('what the database does not say is NaN, and the other metrics are there', async () => {
  await withDatabase(async (db) => {
    await db.query('alter table approvals rename to elsewhere')
    try {
      assert.deepEqual(await scraped('approvals_pending'), ['xerotier_router_approvals_pending Nan'])
      assert.equal((await scraped('executions_queued')).length, 1)
    } finally {
      await db.query('alter table elsewhere rename to approvals')
    }
  })
})
