// The key that an agent signs with is replaced while calls run.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { signingRotateText } from '@xerotier/protocol/rotation.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import type { AgentForTests } from './agent-for-tests.ts'
import { bareAgent } from './bare-agent.ts'
import { marks, writeMarkBundle } from './faults/mark-bundle.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { keysOf } from './rotated-keys.ts'
import { shiftedClock } from './shifted-clock.ts'
import { type System, startSystem } from './system.ts'

const clock = shiftedClock()
const overlapMs = 3_600_000
let system: System
let agent: AgentForTests
before(async () => {
  system = await startSystem({ clock, settings: { keyOverlapMs: overlapMs, leaseIntervals: 200 } })
  agent = await system.addAgent({ name: 'signing', prepare: ({ tools }) => writeMarkBundle(tools) })
  await system.addWorkspace('spinning', 'generic', [agent])
})
after(() => system.stop())

const rotate = (reason: string) =>
  system.client.call('agents.rotateSigningKey', {
    params: { id: 'signing' },
    query: { wait: Math.floor(patienceMs / 1000) },
    body: { reason },
  })
const enrollmentOf = () => JSON.parse(readFileSync(join(agent.folder, 'enrollment.json'), 'utf8')).enrollment
/** What the router says to a proof that these keys sign: `welcome`, or why not. */
async function offered(keys: ReturnType<typeof keysOf>): Promise<string> {
  const other = bareAgent(keys, enrollmentOf())
  try {
    const answer = await other.offer({ features: ['rotation', 'signing_rotation'] })
    return answer.t === 'welcome' ? 'welcome' : answer.code
  } finally {
    other.close()
  }
}

test('an agent signs with a new key that its old one names, and a call that runs meanwhile ends once', async () => {
  const file = join(agent.folder, 'marks')
  const { id, approval_id } = await system.ask('spinning', 'mark_destructive', { file, ms: 0, gate: `${file}-gate` })
  await system.client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  const old = keysOf(agent)
  const { token: oldToken } = enrollmentOf()

  const rotation = await rotate('a laptop was lost')
  assert.deepEqual([rotation.state, rotation.use, rotation.reason], ['completed', 'signing', 'a laptop was lost'])
  const aged = await system.client.call('agents.show', { params: { id: 'signing' } })
  assert.deepEqual([aged.curve_key_since, aged.signing_key_since], [aged.enrolled_at, rotation.completed_at])
  const fresh = await until('the new key to be on disk', () => {
    const kept = keysOf(agent)
    return kept.signing.keyId === old.signing.keyId ? undefined : kept
  })
  assert.equal(fresh.curve.publicKey, old.curve.publicKey)
  assert.equal(statSync(join(agent.folder, 'signing-key.hex')).mode & 0o777, 0o600)
  await until('nothing to be left of the rotation', () =>
    existsSync(join(agent.folder, 'signing-key.hex.next')) ? undefined : true,
  )
  // A token for the new key takes the place of the one for the old key, which still counts.
  await until('a token for the new key', () => (enrollmentOf().token === oldToken ? undefined : true))
  const refresh = (token: string) =>
    fetch(new URL('/v1/enroll/refresh', system.client.origin), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    }).then(({ status }) => status)
  assert.deepEqual([await refresh(oldToken), await refresh(enrollmentOf().token)], [200, 200])

  // The call stands with the agent still, and what it says is signed with the new key.
  writeFileSync(`${file}-gate`, '')
  const ended = await until('the call to end', async () => {
    const execution = await system.client.call('executions.show', { params: { id } })
    return execution.finished_at === null ? undefined : execution
  })
  assert.deepEqual([ended.state, marks(file)], ['completed', { started: 1, ended: 1 }])

  const text = Buffer.from(
    signingRotateText({
      rotation_id: rotation.id,
      agent_id: rotation.agent_id,
      old_key: old.signing.publicKey.toString('hex'),
      new_key: fresh.signing.publicKey.toString('hex'),
    }),
  )
  const completed = await until('the cut-over on record', async () => {
    const { data } = await system.client.call('agents.events', { params: { id: 'signing' }, query: { limit: 50 } })
    return data.find(({ kind }) => kind === 'agent.rotation_completed')
  })
  const { old_key, new_key, signature, proof } = completed.data as Record<string, string>
  assert.deepEqual(
    [old_key, new_key],
    [old, fresh].map(({ signing }) => signing.publicKey.toString('hex')),
  )
  for (const [signer, by] of [
    [old, signature],
    [fresh, proof],
  ] as const)
    assert.ok(verifySignature(verifyingKey(signer.signing.publicKey), text, Buffer.from(by!, 'hex')))

  // Either key during the overlap; the new one alone behind it.
  assert.equal(await offered(old), 'welcome')
  assert.equal(await offered({ ...old, signing: fresh.signing }), 'welcome')
  clock.shift(overlapMs + 1)
  assert.equal(await offered(old), 'signature_invalid')
  assert.equal(await refresh(oldToken), 401)
  assert.equal(await offered({ ...old, signing: fresh.signing }), 'welcome')
})
