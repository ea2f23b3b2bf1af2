import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownRouter, renewal, resultOf, serving, submit, system } from './wire.fixture.ts'

ownRouter()

test('an agent whose host is unfit says why, and its calls wait or go elsewhere until it is fit', async () => {
  const { agent, enrollment, workspace } = await serving()
  const agentId = enrollment.agent_id
  const { client } = system
  const unfit = 'no folder can be made in /tmp (ENOENT)'
  await agent.send([{ ...renewal(agent), unfit }])
  await agent.next('lease')
  const shown = await client.call('agents.show', { params: { id: agentId } })
  assert.deepEqual([shown.health, shown.unhealthy_reason], ['unhealthy', unfit])
  for (const [status, found] of [
    ['unhealthy', true],
    ['healthy', false],
  ] as const) {
    const { data } = await client.call('agents.list', { query: { status } })
    assert.equal(
      data.some(({ id }) => id === agentId),
      found,
      status,
    )
  }
  const waiting = submit(workspace, 't_read', 60)
  await agent.send([{ ...renewal(agent), unfit }])
  await agent.next('lease')
  assert.deepEqual(
    agent.waiting.filter(({ t }) => t === 'dispatch'),
    [],
  )
  await agent.send([renewal(agent)])
  await agent.send([resultOf(await agent.next('dispatch'))])
  assert.equal((await waiting).state, 'completed')
})
