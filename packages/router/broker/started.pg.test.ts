// An at-most-once call that its record shows as started never runs again, whatever its agent says
// since.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { requeue } from '../domain/attempts/unfinished.ts'
import { ownRouter, refOf, renewal, resultOf, serving, show, submit, system, withDatabase } from './wire.fixture.ts'

ownRouter()

const tools = [toolOf('t_write', { risk: 'write' })]
const accepted = (call: CallRef) => ({ t: 'accepted', ...refOf(call), started_at: Date.now() })
const refused = (call: CallRef, retry: boolean) => ({
  t: 'refused',
  ...refOf(call),
  code: 'agent_refused',
  message: 'no',
  retry,
})

async function given() {
  const { agent, workspace, enrollment } = await serving(tools)
  const { id } = await submit(workspace, 't_write')
  return { agent, id, call: await agent.next('dispatch'), agentId: enrollment.agent_id }
}

async function whenNot(id: string, ...states: string[]) {
  for (;;) {
    const execution = await show(id)
    if (!states.includes(execution.state)) return execution
  }
}

async function started() {
  const it = await given()
  await it.agent.send([accepted(it.call)])
  assert.equal((await whenNot(it.id, 'dispatched')).state, 'running')
  return it
}

test('a new session of the same journal that leaves it out makes it ambiguous', async () => {
  const { agent, id } = await started()
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  await agent.open()
  const { state, error } = await show(id)
  assert.deepEqual([state, error?.code], ['ambiguous', 'execution_interrupted'])
  assert.match(error!.message, /had started, but then: the agent does not have it/)
})

for (const retry of [true, false]) {
  test(`a refusal with retry ${retry} makes it ambiguous`, async () => {
    const { agent, id, call } = await started()
    // As when the start was committed and the answer to the commit was lost.
    const live = system.router.core.calls.get(system.projectId, id)!
    live.row = { ...live.row, state: 'dispatched' }
    live.started = false
    await agent.send([refused(call, retry)])
    assert.equal((await whenNot(id, 'running')).state, 'ambiguous')
  })

  test(`a refusal with retry ${retry} right behind its start makes it ambiguous`, async () => {
    const { agent, id, call } = await given()
    await agent.send([accepted(call), refused(call, retry)])
    assert.equal((await whenNot(id, 'dispatched', 'running')).state, 'ambiguous')
  })
}

for (const [where, status, state] of [
  ['a proof', 'running', 'running'],
  ['a renewal', 'running', 'running'],
  ['a proof', 'settled', 'dispatched'],
] as const) {
  test(`${where} that lists a call as ${status} leaves it ${state}, although nobody heard of its start`, async () => {
    const { agent, id, call } = await given()
    const in_flight = [{ ...refOf(call), status }]
    if (where === 'a proof') {
      await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
      await agent.open({ in_flight })
    } else {
      await agent.send([renewal(agent, in_flight, tools)])
      await agent.next('lease')
    }
    assert.equal((await show(id)).state, state)
    const started_at = Date.now()
    await agent.send([resultOf(call, { started_at })])
    assert.equal((await agent.next('result_ack')).ok, true)
    assert.equal((await show(id)).started_at, new Date(started_at).toISOString(), 'the agent knows better when')
  })
}

test('a cancel that was asked for ends what never started, with an error that says so', async () => {
  const { agent, id } = await given()
  await system.client.call('invocations.cancel', { params: { id } })
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  await agent.open()
  const { state, error } = await show(id)
  assert.deepEqual([state, error?.code], ['cancelled', 'execution_cancelled'])
})

test('a doubt is not cancelled away by what was known before it', async () => {
  const { agent, id, agentId } = await given()
  await system.client.call('invocations.cancel', { params: { id } })
  const { core } = system.router
  const { row } = core.calls.get(system.projectId, id)!
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  while (core.fleet.get(system.projectId, agentId) !== undefined) await show(id)
  await withDatabase((db) => db.query(`update executions set state = 'ambiguous' where id = $1`, [id]).then(() => {}))
  await requeue(core, row, 'the agent does not have it')
  assert.equal((await show(id)).state, 'ambiguous')
})
