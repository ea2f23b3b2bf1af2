// What a rotation of CURVE keys does with an agent that says nothing or something wrong, or is cut
// off.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiError } from '@xerotier/client/api-error.ts'
import type { AgentKeys } from '@xerotier/link/keys.ts'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { CurveRotateFrame } from '@xerotier/protocol/frames/rotation/curve-rotate.ts'
import { curveRotateText } from '@xerotier/protocol/rotation.ts'
import { type BareAgent, bareAgent, enrollBare, newAgentKeys } from './bare-agent.ts'
import { dial } from './dial.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { type RouterForTests, startRouterForTests } from './router-for-tests.ts'
import { shiftedClock } from './shifted-clock.ts'

const clock = shiftedClock()
const rotationMs = 3_600_000
const overlapMs = 7_200_000
/** Leases last through all of it. */
const settings = { rotationMs, keyOverlapMs: overlapMs, leaseIntervals: 100 }
let router: RouterForTests
before(async () => {
  router = await startRouterForTests({ clock, settings })
})
after(() => router.stop())

interface Rotatable {
  id: string
  name: string
  keys: AgentKeys
  router: Enrollment['router']
  agent: BareAgent
}

let count = 0
async function connected(features: string[] = ['rotation']): Promise<Rotatable> {
  const name = `bare-${++count}`
  const { keys, enrollment } = await enrollBare(router.client, name)
  const agent = bareAgent(keys, enrollment)
  await agent.open({ features })
  return { id: enrollment.agent_id, name, keys, router: enrollment.router, agent }
}

const ask = (id: string) =>
  router.client.call('agents.curveRotate', {
    params: { id },
    query: { wait: Math.floor(patienceMs / 1000) },
    body: { reason: 'drill' },
  })

/** The acknowledgement of an agent that keeps to the text, with its new pair. */
function acknowledgement({ id, keys }: Rotatable, frame: CurveRotateFrame, next = newAgentKeys().curve) {
  const curve_public_key = next.publicKey
  const { rotation_id, curve_public_key: router_curve_public_key } = frame
  const text = curveRotateText({ rotation_id, agent_id: id, curve_public_key, router_curve_public_key })
  const signature = new Uint8Array(keys.signing.sign(Buffer.from(text)))
  return { next, ack: { t: 'curve_rotate_ack', rotation_id, curve_public_key, signature } }
}

const untilDialled = (what: string, keys: AgentKeys['curve'], at: Enrollment['router'], outcome: string) =>
  until(what, async () => ((await dial(keys, at)) === outcome ? true : undefined))

async function saidOf(id: string, kind: string): Promise<Record<string, unknown>> {
  return until(`${kind} on record`, async () => {
    const { data } = await router.client.call('agents.events', { params: { id }, query: { limit: 50 } })
    return data.find((event) => event.kind === kind)?.data
  })
}

test('a rotation that is never acknowledged is rolled back, said to whoever waits, and on record', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const frame = await one.agent.next('curve_rotate')
  clock.shift(rotationMs + 1)
  const rotation = await asked
  assert.equal(rotation.state, 'rolled_back')
  assert.match(rotation.because ?? '', /did not acknowledge it within 3600 s/)
  assert.equal((await one.agent.next('rotation_ended')).rotation_id, rotation.id)
  const { because, reason } = await saidOf(one.id, 'agent.rotation_rolled_back')
  assert.deepEqual([because, reason], [rotation.because, 'drill'])
  assert.equal(await dial(one.keys.curve, one.router), 'admitted', 'the old key stays')
  const fresh = { ...one.router, address: frame.address, curve_public_key: frame.curve_public_key }
  await untilDialled('the key that the router made for it to go', one.keys.curve, fresh, 'closed')
  const late = acknowledgement(one, frame)
  await one.agent.send([late.ack])
  assert.match((await one.agent.next('rotation_ended')).reason, /did not acknowledge/)
  assert.equal(await dial(late.next, one.router), 'refused')
  one.agent.close()
})

for (const [what, wrong, because] of [
  [
    'signs with another key',
    (one, frame) => acknowledgement({ ...one, keys: newAgentKeys() }, frame).ack,
    'not signed with the key of the agent',
  ],
  [
    'signs another rotation',
    (one, frame) => {
      const { ack } = acknowledgement(one, { ...frame, rotation_id: 'rot_another' })
      return { ...ack, rotation_id: frame.rotation_id }
    },
    'not signed with the key of the agent',
  ],
  [
    'brings the key that it has',
    (one, frame) => acknowledgement(one, frame, one.keys.curve).ack,
    'the key that the agent sent is not new',
  ],
  [
    'brings something that is no key',
    (one, frame) => acknowledgement(one, frame, { ...one.keys.curve, publicKey: ' '.repeat(40) }).ack,
    'the agent sent no CURVE key',
  ],
] satisfies [string, (one: Rotatable, frame: CurveRotateFrame) => unknown, string][]) {
  test(`an agent that ${what} keeps its key, and can be rotated again`, async () => {
    const one = await connected()
    const asked = ask(one.id)
    await one.agent.send([wrong(one, await one.agent.next('curve_rotate'))])
    assert.ok((await one.agent.next('rotation_ended')).reason.includes(because))
    const rotation = await asked
    assert.deepEqual([rotation.state, rotation.completed_at], ['rolled_back', null])
    assert.ok(rotation.because?.includes(because))
    const again = ask(one.id)
    const { ack } = acknowledgement(one, await one.agent.next('curve_rotate'))
    await one.agent.send([ack])
    await one.agent.next('rotation_accepted')
    // Nobody has to wait until its time is over.
    await router.client.call('agents.delete', { params: { id: one.id } })
    assert.equal((await again).state, 'rolled_back')
    one.agent.close()
  })
}

test('an agent cannot acknowledge for another, and a key counts only once it is acknowledged', async () => {
  const [one, other] = [await connected(), await connected()]
  const asked = ask(one.id)
  const frame = await one.agent.next('curve_rotate')
  const fresh = { ...one.router, address: frame.address, curve_public_key: frame.curve_public_key }
  const { ack, next } = acknowledgement(one, frame)
  assert.equal(await dial(next, fresh), 'refused')
  await other.agent.send([ack])
  assert.match((await other.agent.next('rotation_ended')).reason, /knows no such rotation/)
  assert.equal(await dial(next, fresh), 'refused')
  await one.agent.send([ack])
  await one.agent.next('rotation_accepted')
  assert.equal(await dial(next, fresh), 'admitted')
  const second = bareAgent({ ...one.keys, curve: next }, { ...enrollmentOf(one), router: fresh })
  await second.open({ features: ['rotation'] })
  assert.equal((await asked).state, 'completed')
  for (const agent of [one.agent, other.agent, second]) agent.close()
})

test('credentials that are revoked during a rotation take both keys with them', async () => {
  const one = await connected()
  const asked = ask(one.id)
  const frame = await one.agent.next('curve_rotate')
  const { ack, next } = acknowledgement(one, frame)
  await one.agent.send([ack])
  await one.agent.next('rotation_accepted')
  await router.client.call('agents.revokeCredentials', { params: { id: one.id } })
  const rotation = await asked
  assert.deepEqual([rotation.state, rotation.because], ['rolled_back', 'the credentials of the agent were revoked'])
  await one.agent.next('reenroll')
  const at = { ...one.router, address: frame.address, curve_public_key: frame.curve_public_key }
  assert.notEqual(await dial(next, at), 'admitted')
  assert.notEqual(await dial(one.keys.curve, at), 'admitted')
  one.agent.close()
})

test('who cannot rotate is not asked, and one rotation goes after the other', async () => {
  const unaware = await connected([])
  await assert.rejects(ask(unaware.id), (error: ApiError) => error.code === 'rotation_unsupported')
  const one = await connected()
  const asked = ask(one.id)
  await one.agent.next('curve_rotate')
  await assert.rejects(ask(one.id), (error: ApiError) => error.code === 'rotation_in_progress')
  await one.agent.send([{ t: 'goodbye', reason: 'end' }])
  await router.client.call('agents.delete', { params: { id: one.id } })
  assert.equal((await asked).because, 'the agent was deleted')
  await assert.rejects(ask(one.id), (error: ApiError) => error.code === 'agent_not_found')
  for (const { agent } of [unaware, one]) agent.close()
})

/** As far as a connection needs it. */
function enrollmentOf({ id, router: at }: Rotatable): Enrollment {
  return { agent_id: id, router: at } as Enrollment
}
