import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'

let system: RouterForTests
let client: RouterForTests['client']
let away: ServingAgent
let able: ServingAgent
const open: ServingAgent[] = []

before(async () => {
  system = await startRouterForTests()
  client = system.client
  away = await serving('xem-1', 'prod', 'work')
  able = await serving('xem-2', 'prod', 'other')
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

async function serving(name: string, workspace: string, tool: string): Promise<ServingAgent> {
  const agent = await servingAgent(client, name, workspace, [toolOf(tool)])
  open.push(agent)
  return agent
}
const submit = (tool: string, wait = 0) =>
  client.call('invocations.submit', { query: { wait }, body: { workspace: 'prod', tool, args: {} } })

test('a refusal names the bound agents that are away, paused or without the tool, from the record', async () => {
  await client.call('agents.pause', { params: { id: 'xem-1' }, body: { workspace: 'prod', reason: 'INC-7' } })
  await away.agent.send([{ t: 'goodbye', reason: 'maintenance' }])
  await until('the agent to be offline', async () => {
    const { health } = await client.call('agents.show', { params: { id: 'xem-1' } })
    return health === 'offline' ? true : undefined
  })
  await assert.rejects(submit('work'), {
    code: 'tool_executor_unavailable',
    status: 503,
    retryAfter: 5,
    message:
      'No online agent offers the tool work. Of those bound to the workspace prod, xem-1 is offline and is paused (INC-7), xem-2 does not offer work. See `xeroctl workspaces show prod`.',
  })
  await client.call('agents.resume', { params: { id: 'xem-1' }, body: {} })
  await serving('xem-3', 'staging', 'work')
  await assert.rejects(submit('work'), {
    code: 'tool_executor_unavailable',
    message:
      'No online agent of the workspace prod offers the tool work: xem-1 is offline, xem-2 does not offer work. ' +
      'xem-3 offers work: `xeroctl workspaces bind prod --agent xem-3`.',
  })
})

test('the record of a queued call says why it waits, and until when; the record of one that ended does not', async () => {
  await client.call('agents.pause', { params: { id: 'xem-2' }, body: { reason: 'INC-9' } })
  const { id, created_at } = await submit('other')
  const shown = await client.call('executions.show', { params: { id } })
  assert.equal(shown.waiting_for, 'xem-2 is paused (INC-9), xem-1 is offline and did not offer other')
  const seconds = (Date.parse(shown.queue_deadline!) - Date.parse(created_at)) / 1000
  assert.equal(Math.round(seconds), system.router.core.settings.queueSeconds)
  await client.call('invocations.cancel', { params: { id } })
  const ended = await client.call('executions.show', { params: { id } })
  assert.deepEqual([ended.state, ended.waiting_for, ended.queue_deadline], ['cancelled', null, null])
  await client.call('agents.resume', { params: { id: 'xem-2' }, body: {} })
})

test('a call that expires says what keeps the agents of its workspace from it', async () => {
  const manifest = manifestOf([toolOf('other')])
  const { manifest_hash, manifest_version } = manifest
  const lease = { lease_epoch: able.agent.leaseEpoch, manifest_hash, manifest_version, manifest, in_flight: [] }
  await able.agent.send([{ t: 'lease_renewal', ...lease, draining: true }])
  await able.agent.next('lease')
  const { settings } = system.router.core
  const seconds = settings.queueSeconds
  settings.queueSeconds = 0
  const { error } = await submit('other', 10)
  settings.queueSeconds = seconds
  assert.deepEqual(error, {
    code: 'execution_expired',
    message: 'No agent could run the call in time: xem-2 is draining, xem-1 is offline and did not offer other.',
  })
})
