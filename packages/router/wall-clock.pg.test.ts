// Somebody sets the router's clock while it runs: what it times goes on, and records stay in order.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'

/** How far the wall clock was set ahead of the true one. */
let aheadMs = 0
const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
const hour = 3_600_000

let system: RouterForTests
before(async () => {
  system = await startRouterForTests({ clock })
})
after(() => system.stop())

const submit = (workspace: string) =>
  system.client.call('invocations.submit', { body: { workspace, tool: 'work', args: {} } })
const show = (id: string) => system.client.call('executions.show', { params: { id } })

for (const [how, jump] of [
  ['back', -hour],
  ['forward', hour],
] as const) {
  test(`a clock that is set ${how} by an hour silences no stream, ends no session, and no record before it began`, {
    timeout: 180_000,
  }, async () => {
    const { client, router } = system
    const { agent, agentId, answer } = await servingAgent(client, `to-${how}`, how, [toolOf('work')])
    const { id } = await submit(how)
    const call = await agent.next('dispatch')
    const events = client.events('executions.stream', { query: { execution_id: id } })
    await events.next()

    aheadMs = jump
    const session = router.core.fleet.get(system.projectId, agentId)
    await answer(call, { started_at: clock.now(), finished_at: clock.now() })
    for await (const event of events) if (event.data.includes('"completed"')) break

    // Past a duty that ends leases.
    await until('a second to pass', () => {
      const { promise, resolve } = Promise.withResolvers<true>()
      systemClock.after(1500, () => resolve(true))
      return promise
    })
    assert.equal(router.core.fleet.get(system.projectId, agentId), session)

    const { created_at, dispatched_at, started_at, finished_at } = await show(id)
    for (const began of [created_at, dispatched_at, started_at])
      assert.ok(finished_at !== null && began !== null && finished_at >= began, `${began} to ${finished_at}`)

    const other = await submit(how)
    aheadMs = 0
    await client.call('invocations.cancel', { params: { id: other.id } })
    await answer(await agent.next('dispatch'), { outcome: 'cancelled', error: { code: 'x', message: 'x' } })
    const ended = await show(other.id)
    assert.ok(ended.finished_at !== null && ended.finished_at >= ended.created_at)
    agent.close()
  })
}
