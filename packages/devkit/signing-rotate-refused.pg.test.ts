// What a rotation of a signing key does with an agent that says nothing or something wrong, or is
// cut off.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiError } from '@xerotier/client/api-error.ts'
import type { AgentKeys } from '@xerotier/link/keys.ts'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { signingRotateText } from '@xerotier/protocol/rotation.ts'
import { newSigningKey, type SigningKey } from '@xerotier/runtime/ed25519.ts'
import { type BareAgent, bareAgent, enrollBare, newAgentKeys } from './bare-agent.ts'
import { dial } from './dial.ts'
import { patienceMs } from './patience.ts'
import { type RouterForTests, startRouterForTests } from './router-for-tests.ts'
import { shiftedClock } from './shifted-clock.ts'

const clock = shiftedClock()
const rotationMs = 3_600_000
const features = ['rotation', 'signing_rotation']
let router: RouterForTests
before(async () => {
  router = await startRouterForTests({ clock, settings: { rotationMs, keyOverlapMs: 7_200_000, leaseIntervals: 100 } })
})
after(() => router.stop())

interface Rotatable {
  id: string
  keys: AgentKeys
  enrollment: Enrollment
  agent: BareAgent
}

let count = 0
async function connected(known = features): Promise<Rotatable> {
  const { keys, enrollment } = await enrollBare(router.client, `bare-${++count}`)
  const agent = bareAgent(keys, enrollment)
  await agent.open({ features: known })
  return { id: enrollment.agent_id, keys, enrollment, agent }
}

const ask = (id: string, operation: 'agents.rotateSigningKey' | 'agents.curveRotate' = 'agents.rotateSigningKey') =>
  router.client.call(operation, {
    params: { id },
    query: { wait: Math.floor(patienceMs / 1000) },
    body: { reason: 'drill' },
  })
const refusedAs = (code: string) => (error: ApiError) => error.code === code

interface Signers {
  old: SigningKey
  fresh: SigningKey
}
/** The acknowledgement of an agent that keeps to the text. @param signs who signs instead */
function acknowledgement(one: Rotatable, rotation_id: string, fresh: SigningKey, signs: Partial<Signers> = {}) {
  const signing_public_key = fresh.publicKey.toString('hex')
  const old_key = one.keys.signing.publicKey.toString('hex')
  const text = Buffer.from(signingRotateText({ rotation_id, agent_id: one.id, old_key, new_key: signing_public_key }))
  const by = { old: one.keys.signing, fresh, ...signs }
  const [signature, proof] = [by.old, by.fresh].map((key) => new Uint8Array(key.sign(text)))
  return { t: 'signing_rotate_ack', rotation_id, signing_public_key, signature, proof }
}

/** What the router says to a proof of the agent that this key signs. */
async function offered({ keys, enrollment }: Rotatable, signing: SigningKey): Promise<string> {
  const other = bareAgent({ ...keys, signing }, enrollment)
  try {
    const answer = await other.offer({ features })
    return answer.t === 'welcome' ? 'welcome' : answer.code
  } finally {
    other.close()
  }
}

test('a new key counts once it is acknowledged, and not before; said twice it is accepted twice', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const { rotation_id } = await one.agent.next('signing_rotate')
  const fresh = newSigningKey()
  assert.equal(await offered(one, fresh), 'signature_invalid')
  const ack = acknowledgement(one, rotation_id, fresh)
  for (const _ of [1, 2]) {
    await one.agent.send([ack])
    assert.equal((await one.agent.next('rotation_accepted')).rotation_id, rotation_id)
  }
  assert.equal(await offered(one, fresh), 'welcome')
  const rotation = await asked
  assert.deepEqual([rotation.state, rotation.new_key], ['completed', fresh.publicKey.toString('hex')])
  const { data } = await router.client.call('agents.rotations', { params: { id: one.id }, query: { limit: 9 } })
  assert.equal(data.length, 1)
  one.agent.close()
})

test('a rotation that is never acknowledged is rolled back, and its late key is worth nothing', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const { rotation_id } = await one.agent.next('signing_rotate')
  clock.shift(rotationMs + 1)
  const rotation = await asked
  assert.equal(rotation.state, 'rolled_back')
  assert.match(rotation.because ?? '', /did not acknowledge it within 3600 s/)
  assert.equal((await one.agent.next('rotation_ended')).rotation_id, rotation_id)
  const fresh = newSigningKey()
  await one.agent.send([acknowledgement(one, rotation_id, fresh)])
  assert.match((await one.agent.next('rotation_ended')).reason, /did not acknowledge/)
  assert.equal(await offered(one, fresh), 'signature_invalid')
  assert.equal(await offered(one, one.keys.signing), 'welcome')
  one.agent.close()
})

test('one that is acknowledged and not used is rolled back, and the new key counts no more', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const { rotation_id } = await one.agent.next('signing_rotate')
  const fresh = newSigningKey()
  await one.agent.send([acknowledgement(one, rotation_id, fresh)])
  await one.agent.next('rotation_accepted')
  clock.shift(rotationMs + 1)
  const rotation = await asked
  assert.deepEqual(
    [rotation.state, rotation.because],
    ['rolled_back', 'the agent made its key, and did not connect with it within 3600 s'],
  )
  assert.equal(await offered(one, fresh), 'signature_invalid')
  one.agent.close()
})

for (const [what, wrong, because] of [
  [
    'signs with another key',
    (one, id) => acknowledgement(one, id, newSigningKey(), { old: newSigningKey() }),
    'not signed with the key of the agent',
  ],
  [
    'does not have the new key',
    (one, id) => acknowledgement(one, id, newSigningKey(), { fresh: newSigningKey() }),
    'not signed with the new key',
  ],
  [
    'signs another rotation',
    (one, id) => ({ ...acknowledgement(one, 'rot_another', newSigningKey()), rotation_id: id }),
    'not signed with the key of the agent',
  ],
  [
    'brings the key that it has',
    (one, id) => acknowledgement(one, id, one.keys.signing),
    'the key that the agent sent is not new',
  ],
  [
    'brings the key of another agent',
    (one, id) => acknowledgement(one, id, stranger.keys.signing),
    'the key that the agent sent is not new',
  ],
] satisfies [string, (one: Rotatable, rotationId: string) => unknown, string][]) {
  test(`an agent that ${what} keeps its key, and can be rotated again`, async () => {
    stranger = await connected()
    const one = await connected()
    const asked = ask(one.id)
    await one.agent.send([wrong(one, (await one.agent.next('signing_rotate')).rotation_id)])
    assert.ok((await one.agent.next('rotation_ended')).reason.includes(because))
    const rotation = await asked
    assert.deepEqual([rotation.state, rotation.completed_at], ['rolled_back', null])
    assert.ok(rotation.because?.includes(because))
    const again = ask(one.id)
    const { rotation_id } = await one.agent.next('signing_rotate')
    await one.agent.send([acknowledgement(one, rotation_id, newSigningKey())])
    await one.agent.next('rotation_accepted')
    await router.client.call('agents.delete', { params: { id: one.id } })
    assert.equal((await again).state, 'rolled_back')
    for (const { agent } of [stranger, one]) agent.close()
  })
}
let stranger: Rotatable

test('an agent cannot acknowledge for another, nor with the frame of another kind', async () => {
  const [one, other] = [await connected(), await connected()]
  const asked = ask(one.id)
  const { rotation_id } = await one.agent.next('signing_rotate')
  const ack = acknowledgement(one, rotation_id, newSigningKey())
  await other.agent.send([ack])
  assert.match((await other.agent.next('rotation_ended')).reason, /knows no such rotation/)
  const curve_public_key = newAgentKeys().curve.publicKey
  await one.agent.send([{ t: 'curve_rotate_ack', rotation_id, curve_public_key, signature: ack.signature }])
  assert.match((await one.agent.next('rotation_ended')).reason, /knows no such rotation/)
  // Nothing came of either: it can still be acknowledged.
  await one.agent.send([ack])
  await one.agent.next('rotation_accepted')
  await router.client.call('agents.delete', { params: { id: one.id } })
  assert.equal((await asked).because, 'the agent was deleted')
  for (const { agent } of [one, other]) agent.close()
})

test('credentials that are revoked during a rotation take both keys with them, and a later ack is void', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const { rotation_id } = await one.agent.next('signing_rotate')
  const fresh = newSigningKey()
  await one.agent.send([acknowledgement(one, rotation_id, fresh)])
  await one.agent.next('rotation_accepted')
  await router.client.call('agents.revokeCredentials', { params: { id: one.id } })
  const rotation = await asked
  assert.deepEqual([rotation.state, rotation.because], ['rolled_back', 'the credentials of the agent were revoked'])
  await one.agent.next('reenroll')
  assert.equal(await dial(one.keys.curve, one.enrollment.router), 'refused')
  one.agent.close()
})

test('who does not know the frames is not sent them, and one rotation goes after the other', async () => {
  const unaware = await connected(['rotation'])
  await assert.rejects(ask(unaware.id), refusedAs('rotation_unsupported'))
  const one = await connected()
  const asked = ask(one.id)
  await one.agent.next('signing_rotate')
  await assert.rejects(ask(one.id), refusedAs('rotation_in_progress'))
  await assert.rejects(ask(one.id, 'agents.curveRotate'), refusedAs('rotation_in_progress'))
  // An earlier version that takes its place is not sent what it does not know.
  const older = bareAgent(one.keys, one.enrollment)
  await older.open({ features: ['rotation'] })
  await router.client.call('agents.delete', { params: { id: one.id } })
  assert.equal((await asked).because, 'the agent was deleted')
  await older.next('reenroll')
  assert.deepEqual(
    older.waiting.filter(({ t }) => t === 'signing_rotate'),
    [],
  )
  for (const agent of [unaware.agent, one.agent, older]) agent.close()
})
