// What ends while what came before it still waits for the database: a session, a call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BareAgent } from '@xerotier/devkit/bare-agent.ts'
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
  withDatabase,
} from './wire.fixture.ts'

ownRouter()

const text = (words: string) => new Uint8Array(Buffer.from(words))
const reopen = (agent: BareAgent, call: CallRef) => agent.open({ in_flight: [{ ...refOf(call), status: 'settled' }] })

test('a result whose output went with its session does not count, and comes again after that output', async () => {
  const { agent, enrollment, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  const pieces = [artifactOf(call, 0, text('one ')), artifactOf(call, 1, text('two'))]
  await withDatabase(async (db) => {
    await db.query('begin; lock table artifact_chunks in share row exclusive mode')
    await agent.send([...pieces, resultOf(call), { t: 'goodbye', reason: 'the link is cut' }])
    while (system.router.core.fleet.get(system.projectId, enrollment.agent_id) !== undefined) await show(id)
    await db.query('commit')
  })
  // The piece that was under way is stored by the end of this; nothing else of that session may be.
  await reopen(agent, call)
  assert.equal((await show(id)).state, 'dispatched')
  await agent.send([...pieces, resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
  const { state, artifacts, truncated } = await show(id)
  assert.deepEqual([state, artifacts[0]?.bytes, truncated], ['completed', 7, false])
  assert.deepEqual(
    agent.waiting.filter((frame) => frame.t === 'result_ack'),
    [],
  )
})

test('output and artifacts that come after a result are acknowledged, and nothing is kept of them', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  const late = [outputOf(call, 1, text(' late')), artifactOf(call, 2, text('late'))]
  await withDatabase(async (db) => {
    // The result waits for its commit, and the call is still here while they come.
    await db.query('begin; lock table executions in share row exclusive mode')
    await agent.send([outputOf(call, 0, text('in time')), resultOf(call), ...late])
    await show(id)
    await db.query('commit')
  })
  const acknowledged: number[] = []
  while (!acknowledged.includes(2)) acknowledged.push((await agent.next('output_ack')).seq)
  assert.equal((await agent.next('result_ack')).ok, true)
  const { state, stdout, artifacts } = await show(id)
  assert.deepEqual([state, stdout, artifacts], ['completed', 'in time', []])
})

const kindsOf = async (id: string) =>
  (await system.client.call('agents.events', { params: { id } })).data.map(({ kind }) => kind).reverse()

test('an agent that says that it drains and goodbye in one breath has drained before it went', async () => {
  const { agent, enrollment } = await serving()
  const { agent_id: id } = enrollment
  await agent.send([
    { ...renewal(agent), draining: true },
    { t: 'goodbye', reason: 'SIGTERM' },
  ])
  while (!(await kindsOf(id)).includes('agent.offline'));
  assert.deepEqual((await kindsOf(id)).slice(-2), ['agent.draining', 'agent.offline'])
})

test('an agent that says goodbye is given nothing more, however long its end takes', async () => {
  const { agent, enrollment, workspace } = await serving()
  await withDatabase(async (db) => {
    await db.query('begin; lock table agents in share row exclusive mode')
    await agent.send([
      { ...renewal(agent), draining: true },
      { t: 'goodbye', reason: 'SIGTERM' },
    ])
    while (system.router.core.fleet.get(system.projectId, enrollment.agent_id)?.restsUntil === 0)
      await show(enrollment.agent_id).catch(() => {})
    assert.equal((await submit(workspace)).state, 'queued')
    await db.query('commit')
  })
})

test('the end of the session of an agent that is revoked is on record, as of one that leaves', async () => {
  const { agent, enrollment } = await serving()
  const { agent_id: id } = enrollment
  await system.client.call('agents.revokeCredentials', { params: { id } })
  await agent.next('reenroll')
  while (!(await kindsOf(id)).includes('agent.offline'));
  assert.deepEqual((await kindsOf(id)).slice(-2), ['agent.credentials_revoked', 'agent.offline'])
  assert.equal((await system.client.call('agents.show', { params: { id } })).state, 'suspended')
})
