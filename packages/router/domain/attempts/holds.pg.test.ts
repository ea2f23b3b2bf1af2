// Time under a pause does not count against the deadline of a queued call.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'

const clock = settableClock()
let system: RouterForTests
let client: RouterForTests['client']
const open: ServingAgent[] = []
before(async () => {
  system = await startRouterForTests({ clock })
  client = system.client
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

/** One call at a time, and a lease that outlives the test. */
const one = { max_concurrent_executions: 1 }
async function serving(name: string, workspace: string): Promise<ServingAgent> {
  const agent = await servingAgent(client, name, workspace, [toolOf('work')], one)
  open.push(agent)
  return agent
}
const submit = async (workspace: string) =>
  (await client.call('invocations.submit', { body: { workspace, tool: 'work', args: {} } })).id
const show = (id: string) => client.call('executions.show', { params: { id } })
const stateOf = async (id: string) => (await show(id)).state
const secondsLeft = async (id: string) => (Date.parse((await show(id)).queue_deadline ?? '') - clock.now()) / 1000
const pause = (id: string, body = {}) => client.call('agents.pause', { params: { id }, body })
const resume = (id: string, body = {}) => client.call('agents.resume', { params: { id }, body })

/** Lets time pass until the duties have seen it: they end a call that waits behind another. */
async function pass(seconds: number): Promise<void> {
  await clock.leap(seconds * 1000)
  const id = await submit('witness')
  const { db } = system.router.core.store
  await db
    .updateTable('executions')
    .set({ queue_deadline: new Date(clock.now()) })
    .where('id', '=', id)
    .execute()
  await until('the duties to have passed', async () => {
    await clock.advance(1)
    if ((await stateOf(id)) === 'expired') return true
    await clock.advance(1000)
    return undefined
  })
}

test('what was queued before and during a pause has the time afterwards that it had before', async () => {
  const witness = await serving('witness', 'witness')
  await submit('witness')
  const worker = await serving('paused-one', 'contained')
  const busy = await worker.agent
  const taken = await submit('contained')
  await busy.next('dispatch')
  const early = await submit('contained')
  await pass(100)
  await pause('paused-one')
  await pass(2)
  const late = await submit('contained')
  await pass(1000)
  assert.deepEqual(
    [await stateOf(taken), await stateOf(early), await stateOf(late)],
    ['dispatched', 'queued', 'queued'],
  )

  // A router that starts meanwhile counts the pause from its own time.
  for (const agent of open) agent.agent.close()
  await system.restart()
  const back = witness.again([toolOf('work')])
  open.push({ ...witness, agent: back })
  await back.open(one)
  await back.next('dispatch')
  await pass(400)
  assert.deepEqual([await stateOf(early), await stateOf(late)], ['queued', 'queued'])

  await resume('paused-one')
  // Their time stands still until the slow release has seen that nobody takes them.
  await until('their time to go on', async () => {
    await clock.advance(100)
    return (await secondsLeft(late)) > 0 ? true : undefined
  })
  for (const [id, least, most] of [
    [early, 180, 200],
    [late, 280, 300],
  ] as const) {
    const left = await secondsLeft(id)
    assert.ok(left > least && left <= most, `${left} s left of ${id}`)
  }
  await pass(220)
  assert.deepEqual([await stateOf(early), await stateOf(late)], ['expired', 'queued'])
})

test('a pause of another workspace, or of one agent beside another, holds nothing back', async () => {
  const first = await serving('first', 'shared')
  const second = await serving('second', 'shared')
  await serving('first-elsewhere', 'elsewhere')
  for (const { agent } of [first, second]) {
    await submit('shared')
    await agent.next('dispatch')
  }
  const id = await submit('shared')
  await pause('first')
  await client.call('workspaces.bind', { params: { id: 'elsewhere' }, body: { agent: 'second' } })
  await pause('second', { workspace: 'elsewhere' })
  await pass(310)
  assert.equal(await stateOf(id), 'expired')
})
