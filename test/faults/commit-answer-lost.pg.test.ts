// Postgres commits, and the answer is lost with the connection: the router does not know what it
// did. What it queued that way is given out all the same.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type PostgresProxy, startPostgresProxy } from '@xerotier/devkit/faults/postgres-proxy.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'

let proxy: PostgresProxy
let system: RouterForTests
let serving: ServingAgent
before(async () => {
  proxy = await startPostgresProxy((await cloneDatabase()).url)
  system = await startRouterForTests({ databaseUrl: proxy.url })
  const tools = [toolOf('t_read'), toolOf('t_destroy', { risk: 'destructive' })]
  serving = await servingAgent(system.client, 'lost-xem', 'lost', tools)
})
after(async () => {
  serving.agent.close()
  await system.stop()
  await proxy.close()
})

const invoke = (tool: string) =>
  system.client.call('invocations.submit', { body: { workspace: 'lost', tool, args: {} } })
const pause = () => system.client.call('agents.pause', { params: { id: 'lost-xem' }, body: {} })
const resume = () => system.client.call('agents.resume', { params: { id: 'lost-xem' }, body: {} })
const untilKnown = () =>
  until('the router to know', () => (system.router.core.dispatcher.queueDepth > 0 ? true : undefined))
/** The agent takes calls again, gets this one as its first attempt, and answers. */
async function runsOnce(id: string): Promise<void> {
  await untilKnown()
  await resume()
  const call = await serving.agent.next('dispatch')
  assert.deepEqual([call.execution_id, call.attempt], [id, 1])
  await serving.answer(call)
  assert.equal((await system.client.call('executions.show', { params: { id } })).state, 'completed')
}

test('a call that was queued so is dispatched when its agent takes calls again, once', async () => {
  await pause()
  const lost = proxy.loseAnswer((application, message) => application.endsWith('-lane') && message.includes('t_read'))
  const { id, state } = await invoke('t_read')
  await lost
  assert.equal(state, 'queued')
  await runsOnce(id)
})

test('an approval whose answer was lost stands, and its call runs once', async () => {
  const { id, approval_id } = await invoke('t_destroy')
  await pause()
  let deciding: object | undefined
  const lost = proxy.loseAnswer((application, message, connection) => {
    if (application === 'xerotier-router' && message.includes('update "approvals"')) deciding ??= connection
    return deciding === connection && /\bcommit\b/i.test(message)
  })
  const approve = () => system.client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  await assert.rejects(approve(), { status: 503 })
  await lost
  await assert.rejects(approve(), { code: 'approval_already_decided' })
  await runsOnce(id)
})
