import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'

let system: RouterForTests
before(async () => {
  system = await startRouterForTests()
})
after(() => system.stop())

test('an agent that refuses for now is asked later and later, until it answers again', async (t) => {
  const { client } = system
  const { agent, answer } = await servingAgent(client, 'unwilling', 'unwilling', [toolOf('work')])
  t.after(() => agent.close())
  const submit = () => client.call('invocations.submit', { body: { workspace: 'unwilling', tool: 'work', args: {} } })
  const refuse = async () => {
    const { execution_id, attempt, lease_epoch } = await agent.next('dispatch')
    const ref = { execution_id, attempt, lease_epoch }
    // The rest begins after this, and maybe before the sending is known to be over.
    const from = performance.now()
    await agent.send([{ t: 'refused', ...ref, code: 'tool_executor_unavailable', message: 'not now', retry: true }])
    return from
  }
  await submit()
  for (const rest of [200, 400, 800]) {
    const refused = await refuse()
    const again = await agent.next('dispatch')
    const waited = performance.now() - refused
    assert.ok(waited > rest - 5, `${waited} ms after a rest of ${rest}`)
    agent.waiting.unshift(again)
  }
  await answer(await agent.next('dispatch'))
  await submit()
  await refuse()
  const { fleet } = system.router.core
  await until('its first refusal again', () => fleet.inProject(system.projectId).at(0)?.refusals === 1 || undefined)
})
