// A call that became ambiguous while its agent was away, and is still there when it comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareAgent, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import {
  artifactOf,
  outputOf,
  ownRouter,
  refOf,
  renewal,
  resultOf,
  serving,
  show,
  submit,
  system,
} from './wire.fixture.ts'

ownRouter()

const tools = [toolOf('t_write', { risk: 'write' })]
const text = (words: string) => new Uint8Array(Buffer.from(words))
const running = (call: CallRef) => ({ ...refOf(call), status: 'running' })

/** A call in doubt: another journal did not know it. Then its own comes back, with the call. */
async function takenBack(before = async (_id: string) => {}) {
  const { agent, enrollment, workspace } = await serving(tools)
  const { id } = await submit(workspace, 't_write')
  const call = await agent.next('dispatch')
  await agent.send([outputOf(call, 0, text('before\n'))])
  await agent.next('output_ack')
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  await until('the agent to be away', async () =>
    system.router.core.calls.get(system.projectId, id) === undefined ? true : undefined,
  )
  await before(id)
  await agent.open({ journal_id: '1'.repeat(32) })
  assert.equal((await show(id)).state, 'ambiguous')
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  const { forget } = await agent.open({ in_flight: [running(call)] })
  assert.deepEqual(forget, [])
  return { agent, id, call, inFlight: () => inFlightOf(enrollment.agent_id) }
}

async function inFlightOf(agentId: string): Promise<number> {
  return (await system.client.call('agents.show', { params: { id: agentId } })).in_flight
}

async function renew(agent: BareAgent, calls: CallRef[]) {
  await agent.send([renewal(agent, calls.map(running), tools)])
  return agent.next('lease')
}

test('what it still writes is kept, and its result settles it', async () => {
  const { agent, id, call, inFlight } = await takenBack()
  assert.equal(await inFlight(), 1)
  await agent.send([outputOf(call, 1, text('after\n')), artifactOf(call, 2, text('more\n'))])
  while ((await agent.next('output_ack')).seq < 2) {}
  assert.equal((await show(id)).state, 'ambiguous')
  await agent.send([resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
  const { state, stdout, artifacts, truncated } = await show(id)
  assert.deepEqual({ state, stdout, truncated }, { state: 'completed', stdout: 'before\nafter\n', truncated: false })
  assert.deepEqual(
    artifacts.map(({ name, bytes }) => ({ name, bytes })),
    [{ name: 'stdout.log', bytes: 5 }],
  )
  assert.equal(await inFlight(), 0)
})

test('it is to be forgotten once a person has resolved it, and its place is free', async () => {
  const { agent, id, call, inFlight } = await takenBack()
  assert.deepEqual((await renew(agent, [call])).forget, [])
  await system.client.call('executions.resolve', { params: { id }, body: { outcome: 'failed', note: 'seen' } })
  assert.deepEqual((await renew(agent, [call])).forget, [refOf(call)])
  assert.equal(await inFlight(), 0)
  await agent.send([outputOf(call, 1, text('after\n')), resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, false)
  const { state, stdout } = await show(id)
  assert.deepEqual({ state, stdout }, { state: 'failed', stdout: 'before\n' })
})

test('renewals that leave it out end neither the session nor the doubt', async () => {
  const { agent, id, inFlight } = await takenBack()
  for (let count = 0; count < 3; count++) await renew(agent, [])
  assert.equal(await inFlight(), 0)
  assert.equal((await show(id)).state, 'ambiguous')
})

test('a refusal of what was in flight changes nothing', async () => {
  const { agent, id, call, inFlight } = await takenBack()
  const refusal = { t: 'refused', ...refOf(call), code: 'agent_refused', message: 'no', retry: false }
  await agent.send([refusal])
  await renew(agent, [call])
  assert.equal((await show(id)).state, 'ambiguous')
  assert.equal(await inFlight(), 1)
})

test('a cancel that was asked for before the doubt reaches it when it is back', async () => {
  const { agent, call } = await takenBack(async (id) => {
    await system.client.call('invocations.cancel', { params: { id } })
  })
  assert.deepEqual(refOf(await agent.next('cancel')), refOf(call))
})

test('a cancel of a call in doubt that is not there is told to nobody', async () => {
  const { agent } = await takenBack(async (id) => {
    await system.client.call('invocations.cancel', { params: { id } })
  })
  await agent.next('cancel')
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  await agent.open()
  await renew(agent, [])
  assert.equal(
    agent.waiting.some((frame) => frame.t === 'cancel'),
    false,
  )
})
