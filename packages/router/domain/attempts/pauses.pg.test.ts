// What a pause means for calls: none begins after it was acknowledged, and what waited goes on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { PauseCreate } from '@xerotier/protocol/api/pauses.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { serviceKeyActor } from '../actor.ts'
import { endPause } from '../pauses/end.ts'
import { startPause } from '../pauses/start.ts'

let system: RouterForTests
let client: RouterForTests['client']
const open: ServingAgent[] = []
before(async () => {
  system = await startRouterForTests()
  client = system.client
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

async function serving(name: string, workspace: string, tools = ['work'], changes = {}): Promise<ServingAgent> {
  const agent = await servingAgent(
    client,
    name,
    workspace,
    tools.map((tool) => toolOf(tool)),
    { max_concurrent_executions: 1000, ...changes },
  )
  open.push(agent)
  return agent
}
const submit = async (workspace: string, tool = 'work') =>
  (await client.call('invocations.submit', { body: { workspace, tool, args: {} } })).id
const show = (id: string) => client.call('executions.show', { params: { id } })
const pause = (body: PauseCreate) => client.call('pauses.create', { body })
const end = (id: string) => client.call('pauses.end', { params: { id } })

test('no dispatch leaves after a pause was acknowledged, in any interleaving, and none is lost by it', async () => {
  const worker = await serving('racer', 'race')
  const { core } = system.router
  const online = core.fleet.get(system.projectId, worker.agentId)
  assert.ok(online)
  const { id: key } = await system.router.core.store.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow()
  const actor = serviceKeyActor(
    { id: key, name: 'bootstrap' },
    { projectId: system.projectId, door: 'api', scopes: ['management'], workspaces: null },
  )
  let acknowledged = false
  let late = 0
  let sent = 0
  const { send } = online
  online.send = (frame) => {
    if (frame.t === 'dispatch') {
      sent += 1
      if (acknowledged) late += 1
    }
    send.call(online, frame)
  }
  const targets: PauseCreate[] = [
    { workspace: 'race' },
    { tool: 'work' },
    { project: true },
    { agent: 'racer' },
    { agent: 'racer', workspace: 'race' },
    { tool: 'work', workspace: 'race' },
  ]
  let submitted = 0
  for (let round = 0; round < 36; round++) {
    const calls: Promise<string>[] = []
    const ready = Promise.withResolvers<void>()
    for (let n = 0; n < 12; n++) {
      calls.push(submit('race'))
      // The pause begins behind another number of submits each time.
      if (n === (Math.floor(round / targets.length) * 2) % 12) setImmediate(ready.resolve)
    }
    await ready.promise
    const { pause } = await startPause(core, actor, targets[round % targets.length]!)
    acknowledged = true
    submitted += (await Promise.all(calls)).length
    // What was under way has ended when a call that came after it is stored.
    await show(await submit('race'))
    submitted += 1
    acknowledged = false
    await endPause(core, actor, pause.id)
  }
  assert.equal(late, 0)
  await until('all to be dispatched', async () => {
    const { data } = await client.call('executions.list', { query: { status: 'queued', limit: 1 } })
    return data.length === 0 ? true : undefined
  })
  assert.equal(sent, submitted, 'what was held back at the last moment was sent once, later')
})

test('calls of the paused tool wait, and those of other tools and workspaces pass them', async () => {
  const worker = await serving('tooled', 'tooled', ['work', 'drain'])
  await serving('elsewhere', 'elsewhere', ['drain'])
  const wide = await pause({ tool: 'drain', workspace: 'tooled', reason: 'wrong nodes', incident: 'INC-9' })
  const held = await submit('tooled', 'drain')
  const passing = await submit('tooled', 'work')
  assert.equal((await worker.agent.next('dispatch')).execution_id, passing)
  const waiting = await show(held)
  assert.equal(waiting.state, 'queued')
  assert.equal(waiting.waiting_for, 'the tool drain in the workspace tooled is paused (INC-9: wrong nodes)')
  const other = await submit('elsewhere', 'drain')
  await until('the other to be dispatched', async () => ((await show(other)).state === 'dispatched' ? true : undefined))
  const plan = await client.call('invocations.plan', { body: { workspace: 'tooled', tool: 'drain', args: {} } })
  assert.deepEqual(
    plan.agents.map(({ hindrance }) => hindrance),
    ['paused'],
  )
  await end(wide.id)
  assert.equal((await worker.agent.next('dispatch')).execution_id, held)
})

test('what a pause held back goes oldest first, and no faster than the limit', async () => {
  const worker = await serving('drained', 'drained')
  const { id } = await pause({ workspace: 'drained' })
  const count = limits.resumedCallsPerSecond
  const ids: string[] = []
  for (let n = 0; n < count; n += 10)
    ids.push(...(await Promise.all(Array.from({ length: 10 }, () => submit('drained')))))
  ids.sort()
  await end(id)
  const from = performance.now()
  const seen: string[] = []
  while (seen.length < count) seen.push((await worker.agent.next('dispatch')).execution_id)
  const seconds = (performance.now() - from) / 1000
  assert.deepEqual(seen, ids)
  // The first tenth goes at once.
  assert.ok(seconds > 0.75, `${count} in ${seconds.toFixed(2)} s`)
})

test('what a pause held back goes slowly from a router that started after its end', async () => {
  const worker = await serving('away', 'away')
  const { id } = await pause({ workspace: 'away' })
  const count = limits.resumedCallsPerSecond
  for (let n = 0; n < count; n += 10) await Promise.all(Array.from({ length: 10 }, () => submit('away')))
  for (const { agent } of open) agent.close()
  await system.router.core.fleet.get(system.projectId, worker.agentId)?.drop('it goes', false)
  await end(id)
  await system.restart()
  const back = worker.again([toolOf('work')])
  open.push({ ...worker, agent: back })
  await back.open({ max_concurrent_executions: 1000 })
  await back.next('dispatch')
  const from = performance.now()
  for (let seen = 1; seen < count; seen++) await back.next('dispatch')
  const seconds = (performance.now() - from) / 1000
  assert.ok(seconds > 0.7, `${count} in ${seconds.toFixed(2)} s`)
})

test('a pause outlives the router, and ends with what it held back', async () => {
  const worker = await serving('lasting', 'lasting')
  const { id } = await pause({ workspace: 'lasting' })
  const call = await submit('lasting')
  for (const { agent } of open) agent.close()
  await system.restart()
  const back = worker.again([toolOf('work')])
  open.push({ ...worker, agent: back })
  await back.open()
  const second = await submit('lasting')
  assert.deepEqual([(await show(call)).state, (await show(second)).state], ['queued', 'queued'])
  await end(id)
  assert.equal((await back.next('dispatch')).execution_id, call)
})
