import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type BareAgent, bareAgent, manifestOf, newAgentKeys, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import {
  agents,
  enrolled,
  ownRouter,
  refOf,
  renewal,
  resultOf,
  serving,
  settledState,
  show,
  stillServes,
  submit,
  system,
  withDatabase,
} from './wire.fixture.ts'

ownRouter()

test('an enrolled agent proves itself, gets a call, and its result is acknowledged after it is stored', async () => {
  const { agent, workspace } = await serving()
  const submitted = submit(workspace, 't_read', 60)
  const call = await agent.next('dispatch')
  assert.equal(call.tool, 't_read')
  await agent.send([resultOf(call)])
  const ack = await agent.next('result_ack')
  assert.deepEqual([ack.execution_id, ack.ok], [call.execution_id, true])
  const execution = await submitted
  assert.deepEqual([execution.state, execution.result], ['completed', { ok: true }])
  assert.deepEqual(
    (await show(execution.id)).transitions.map((move) => move.state),
    ['dispatched', 'completed'],
  )
})

test('an unknown CURVE key does not pass the handshake', async () => {
  const { enrollment } = await enrolled()
  const stranger = bareAgent(newAgentKeys(), enrollment)
  agents.push(stranger)
  for await (const event of stranger.socket.events) {
    assert.notEqual(event.type, 'handshake')
    if (event.type === 'handshake:error:auth') return
  }
})

test("a known key with another agent's identity is refused", async () => {
  const one = await enrolled()
  const other = await enrolled()
  // One's connection claims to be the other, signing with its own key.
  const impostor = bareAgent(one.keys, { ...other.enrollment })
  agents.push(impostor)
  assert.equal(
    await refusal(impostor.offer({ curve_public_key: other.keys.curve.publicKey }, one.keys)),
    'signature_invalid',
  )
  // With the CURVE key that it really has: it is not the other's.
  assert.equal(await refusal(impostor.offer({}, one.keys)), 'identity_mismatch')
})

test('a proof answers only its own challenge, once', async () => {
  const { agent, enrollment, keys } = await enrolled()
  assert.equal(await refusal(agent.offer({ nonce: new Uint8Array(32) })), 'identity_mismatch')
  // A challenge of another connection is worth nothing here.
  const second = bareAgent(keys, enrollment)
  agents.push(second)
  await second.send([{ t: 'hello', agent_id: enrollment.agent_id }], { session: '', n: 0 })
  const stolen = await second.next('challenge')
  assert.equal(await refusal(agent.offer({ nonce: stolen.nonce, routing_id: stolen.routing_id })), 'identity_mismatch')
})

test('a replayed message, a wrong signature and a foreign session change nothing', async () => {
  const { agent, workspace } = await serving()
  const execution = await submit(workspace)
  const call = await agent.next('dispatch')
  const failed = resultOf(call, { outcome: 'failed', exit_code: 1 })
  await agent.send([failed], { keys: newAgentKeys() })
  await agent.send([failed], { session: 'another-session-id' })
  assert.equal((await agent.next('session_refused')).code, 'session_unknown')
  await agent.send(
    [
      {
        t: 'lease_renewal',
        lease_epoch: agent.leaseEpoch,
        manifest_hash: manifestOf([toolOf('t_read')]).manifest_hash,
        manifest_version: 1,
        manifest: manifestOf([toolOf('t_read')]),
        in_flight: [{ execution_id: call.execution_id, attempt: 1, lease_epoch: agent.leaseEpoch, status: 'settled' }],
        draining: false,
      },
    ],
    { n: 10 },
  )
  await agent.next('lease')
  await agent.send([failed], { n: 10 })
  await agent.send([failed], { n: 3 })
  assert.equal((await show(execution.id)).state, 'dispatched')
  await agent.send([resultOf(call)], { n: 11 })
  assert.equal((await agent.next('result_ack')).ok, true)
  assert.equal((await show(execution.id)).state, 'completed')
})

test("an agent cannot answer for another agent's call", async () => {
  const one = await serving()
  const other = await serving()
  const execution = await submit(one.workspace)
  const call = await one.agent.next('dispatch')
  await other.agent.send([
    { t: 'accepted', ...refOf(call), started_at: Date.now() },
    resultOf(call, { outcome: 'failed' }),
  ])
  assert.equal((await other.agent.next('result_ack')).ok, false)
  assert.equal((await show(execution.id)).state, 'dispatched')
  await one.agent.send([resultOf(call)])
  assert.equal(await settledState(execution.id), 'completed')
})

async function refusal(answer: ReturnType<BareAgent['offer']>): Promise<string> {
  const frame = await answer
  return frame.t === 'session_refused' ? frame.code : frame.t
}

test('another attempt or lease epoch is fenced', async () => {
  const { agent, workspace } = await serving()
  const execution = await submit(workspace)
  const call = await agent.next('dispatch')
  for (const changes of [{ attempt: 2 }, { lease_epoch: call.lease_epoch + 1 }]) {
    await agent.send([resultOf({ ...call, ...changes }, { outcome: 'failed' })])
    assert.equal((await agent.next('result_ack')).ok, false)
  }
  assert.equal((await show(execution.id)).state, 'dispatched')
  await agent.send([resultOf(call)])
  await agent.next('result_ack')
})

test("an agent's wrong clock spoils neither its result nor anybody else's", async () => {
  const { agent, workspace } = await serving()
  for (const at of [-1e15, 9e15]) {
    const waiting = submit(workspace, 't_read', 60)
    await agent.send([resultOf(await agent.next('dispatch'), { started_at: at, finished_at: at })])
    assert.equal((await waiting).state, 'completed')
  }
})

test('a manifest whose digests do not hold is refused whole', async () => {
  const { agent } = await enrolled()
  const good = manifestOf([toolOf('t_read')])
  for (const manifest of [
    { ...good, manifest_hash: '0'.repeat(64) },
    manifestOf([toolOf('t_read', { schema_digest: '0'.repeat(64) })]),
    manifestOf([toolOf('t_read'), toolOf('t_read')]),
    manifestOf([toolOf('t_read', { input_schema: { type: 'nonsense' } })]),
  ]) {
    assert.equal(await refusal(agent.offer({ manifest })), 'manifest_invalid')
  }
})

test('an agent that proves itself on the connection of another ends the session of that one', async () => {
  const { agent, enrollment, workspace } = await serving()
  const other = await enrolled()
  await submit(workspace)
  const call = await agent.next('dispatch')
  const { agent_id } = other.enrollment
  await agent.send([{ t: 'hello', agent_id }], { session: '', n: 0 })
  const { nonce, routing_id } = await agent.next('challenge')
  const proof = {
    t: 'proof',
    agent_id,
    nonce,
    routing_id,
    curve_public_key: other.keys.curve.publicKey,
    journal_id: '0'.repeat(32),
    manifest: manifestOf([]),
    in_flight: [],
    max_concurrent_executions: 1,
    lease_renewal_interval_ms: 10_000,
    hostname: 'test',
    version: '0',
  }
  await agent.send([proof], { session: '', n: 0, keys: other.keys })
  await agent.next('welcome')
  const { fleet, calls } = system.router.core
  assert.ok(fleet.get(system.projectId, agent_id))
  assert.deepEqual(
    [fleet.get(system.projectId, enrollment.agent_id), calls.get(system.projectId, call.execution_id)],
    [undefined, undefined],
  )
})

test('another version of the wire is told so', async () => {
  const { agent, enrollment } = await enrolled()
  await agent.send([{ t: 'hello', agent_id: enrollment.agent_id }], { session: '', v: wireVersion + 1 })
  assert.equal((await agent.next('session_refused')).code, 'version_unsupported')
})

test('a frame whose type cannot even be read as text stops nobody', async () => {
  const { agent } = await serving()
  await agent.send([{ t: { toString: 1 } }])
  await stillServes()
})

test('an agent that is revoked while its session is being opened is told to enroll again', async () => {
  const { agent, enrollment } = await enrolled()
  const id = enrollment.agent_id
  await withDatabase(async (db) => {
    const state = async () => (await db.query('select state from agents where id = $1', [id])).rows[0].state
    // The lease is on record by then, and the bindings cannot be read.
    await db.query('begin; lock table workspace_agent_bindings in access exclusive mode')
    const welcomed = agent.offer()
    while ((await state()) !== 'active');
    const revoked = system.client.call('agents.revokeCredentials', { params: { id } })
    while ((await state()) !== 'suspended');
    await db.query('commit')
    await Promise.all([welcomed, revoked])
    await agent.next('reenroll')
    assert.equal(system.router.core.fleet.get(system.projectId, id), undefined)
  })
})

test('an at-most-once call that renewals leave out goes again only when a new session proves that it never arrived', async () => {
  const tools = [toolOf('t_write', { risk: 'write' })]
  const { agent, workspace } = await serving(tools)
  await submit(workspace, 't_write')
  const first = await agent.next('dispatch')
  for (let i = 0; i < 2; i++) {
    await agent.send([renewal(agent, [], tools)])
    await agent.next('lease')
  }
  await agent.send([renewal(agent, [], tools)])
  assert.equal((await agent.next('session_refused', 'dispatch')).t, 'session_refused')
  await agent.open()
  const second = await agent.next('dispatch')
  assert.deepEqual([second.execution_id, second.attempt], [first.execution_id, 2])
  await agent.send([resultOf(second)])
  assert.equal((await agent.next('result_ack')).ok, true)
})

test('an artifact that could not be stored is asked for again before the result counts', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  const artifact = {
    t: 'artifact',
    ...refOf(call),
    seq: 0,
    name: 'stdout.log',
    media_type: 'text/plain',
    at: Date.now(),
    data: randomBytes(9),
  }
  await withDatabase(async (db) => {
    await db.query('alter table artifact_chunks rename to away')
    await agent.send([artifact, resultOf(call)])
    assert.equal((await agent.next('session_refused', 'result_ack')).t, 'session_refused')
    await db.query('alter table away rename to artifact_chunks')
  })
  assert.equal((await show(id)).state, 'dispatched')
  await agent.open({ in_flight: [{ ...refOf(call), status: 'settled' }] })
  await agent.send([artifact, resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
  assert.deepEqual(
    (await show(id)).artifacts.map((one) => [one.name, one.bytes]),
    [['stdout.log', 9]],
  )
})
