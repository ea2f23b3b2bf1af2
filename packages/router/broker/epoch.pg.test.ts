// The lease epoch of a call is that of its dispatch. A frame with another is about nothing that
// this router gave out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
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

const tools = [toolOf('t_read'), toolOf('t_write', { risk: 'write' })]
const text = (words: string) => new Uint8Array(Buffer.from(words))

async function given(tool = 't_read') {
  const { agent, workspace } = await serving(tools)
  const { id } = await submit(workspace, tool)
  const call = await agent.next('dispatch')
  return { agent, id, call, stale: { ...refOf(call), lease_epoch: call.lease_epoch + 1 } }
}

test('a refusal with another epoch ends nothing', async () => {
  const { agent, id, call, stale } = await given()
  await agent.send([{ t: 'refused', ...stale, code: 'agent_refused', message: 'no', retry: false }])
  await agent.send([
    { t: 'accepted', ...stale, started_at: Date.now() },
    renewal(agent, [{ ...refOf(call), status: 'settled' }], tools),
  ])
  await agent.next('lease')
  assert.equal((await show(id)).state, 'dispatched')
  await agent.send([resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
})

test('output with another epoch is acknowledged and not kept', async () => {
  const { agent, id, call, stale } = await given()
  await agent.send([outputOf(stale, 0, text('stale')), artifactOf(stale, 1, text('stale'))])
  await agent.next('output_ack')
  await agent.next('output_ack')
  await agent.send([outputOf(call, 0, text('true')), resultOf(call)])
  await agent.next('result_ack')
  const { stdout, artifacts } = await show(id)
  assert.deepEqual([stdout, artifacts], ['true', []])
})

test('a call that is reported with another epoch is to be forgotten, and given out again if it may run twice', async () => {
  const { agent, id, stale } = await given()
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  const { forget } = await agent.open({ in_flight: [{ ...stale, status: 'running' }] })
  assert.deepEqual(forget, [stale])
  assert.deepEqual((({ execution_id, attempt }) => [execution_id, attempt])(await agent.next('dispatch')), [id, 2])
})

test('an at-most-once call that is reported with another epoch is in doubt, for its agent knows it', async () => {
  const { agent, id, stale } = await given('t_write')
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  await agent.open({ in_flight: [{ ...stale, status: 'running' }] })
  assert.equal((await show(id)).state, 'ambiguous')
})

test('a renewal with another epoch of a call leaves it out', async () => {
  const { agent, id, stale } = await given()
  const live = system.router.core.calls.get(system.projectId, id)!
  for (let i = 0; i < 3; i++) {
    await agent.send([renewal(agent, [{ ...stale, status: 'running' }], tools)])
    assert.deepEqual((await agent.next('lease')).forget, [stale])
  }
  assert.notEqual(system.router.core.calls.get(system.projectId, id), live)
  assert.equal((await agent.next('dispatch')).attempt, 2)
})

test('a call keeps its epoch over sessions', async () => {
  const { agent, id, call } = await given('t_write')
  await agent.send([{ t: 'goodbye', reason: 'the link is cut' }])
  assert.deepEqual((await agent.open({ in_flight: [{ ...refOf(call), status: 'running' }] })).forget, [])
  assert.notEqual(agent.leaseEpoch, call.lease_epoch)
  await agent.send([outputOf(call, 0, text('true')), resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
  assert.equal((await show(id)).stdout, 'true')
})
