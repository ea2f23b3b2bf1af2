// A call that takes its agent down with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareAgent, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { agents, ownRouter, serving, show, submit, system } from './wire.fixture.ts'

ownRouter()

/** Gives the call to the agent again and again, which each time comes back without it. */
async function lose(times: number, goodbye: boolean) {
  const tools = [toolOf('t_read')]
  let { agent, keys, enrollment, workspace } = await serving(tools)
  const { id } = await submit(workspace)
  for (let round = 0; round < times; round++) {
    await agent.next('dispatch')
    if (goodbye) {
      await agent.send([{ t: 'goodbye', reason: 'SIGTERM' }])
      while (system.router.core.fleet.get(system.projectId, enrollment.agent_id) !== undefined) await show(id)
    }
    // Without a goodbye another session ends the one before.
    agent.close()
    agent = bareAgent(keys, enrollment, tools)
    agents.push(agent)
    await agent.open()
  }
  return { id, agent }
}

test('a call with which three agents were lost is given to no other', async () => {
  const { id, agent } = await lose(3, false)
  const { state, error, attempt } = await show(id)
  assert.deepEqual([state, error?.code, attempt], ['failed', 'execution_failed', 3])
  assert.match(error?.message ?? '', /^3 agents were lost while they had the call/)
  assert.equal(agent.waiting.filter(({ t }) => t === 'dispatch').length, 0)
})

test('agents that say goodbye were not lost', async () => {
  const { id, agent } = await lose(4, true)
  await agent.next('dispatch')
  assert.equal((await show(id)).state, 'dispatched')
})
