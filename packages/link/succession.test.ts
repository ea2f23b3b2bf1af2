// The agent moves from one connection to another while calls run.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { curveRotateText } from '@xerotier/protocol/rotation.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { bindingsOf, type Scripted, scripted, sessionOf } from './fixtures/scripted-router.ts'

let script: Scripted
beforeEach(async () => {
  script = await scripted()
})
afterEach(() => script.close())

const rotation_id = 'rot_0001'
const names = () => script.told.map(([name]) => name)
/** The first connection goes on with its session. */
const first = { s: sessionOf(1) }
let said = 0
const sayFirst = (frames: Parameters<Scripted['say']>[0]) => {
  script.speakTo(0)
  return script.say(frames, { ...first, n: ++said })
}

const dispatchOf = (execution_id: string): DispatchFrame => ({
  t: 'dispatch',
  execution_id,
  attempt: 1,
  lease_epoch: 1,
  project_id: 'proj_abcd1234',
  workspace: { workspace_id: 'ws_0123456789ab', workspace: 'w', type: 'generic', credentials_ref: null },
  tool: 'echo',
  schema_digest: '0'.repeat(64),
  risk: 'read',
  policy_version: 1,
  credentials_ref: null,
  secrets: [],
  at_most_once: false,
  args: {},
  digest: '0'.repeat(64),
  timeout_ms: 1000,
  grant: null,
  request_id: 'r',
  traceparent: null,
})
const call = dispatchOf('00000000-0000-7000-8000-000000000001')

/** Online, and told to rotate; the acknowledgement. */
async function rotating() {
  await script.welcome()
  said = 1
  const { address, curve_public_key } = script.router
  await sayFirst([{ t: 'curve_rotate', rotation_id, address, curve_public_key }])
  return script.next('curve_rotate_ack')
}

/** The new pair is accepted, and the second connection has said what runs. */
async function proved() {
  const ack = await rotating()
  await sayFirst([{ t: 'rotation_accepted', rotation_id }])
  const proof = await script.challenge()
  assert.equal(proof.curve_public_key, ack.curve_public_key)
  script.told.length = 0
}

/** Sees that the link has looked at all that was said on the first connection. */
async function seenByFirst() {
  const mark = `w-${++said}`
  await sayFirst([bindingsOf(mark)])
  await script.until(mark, () => script.told.find(([, what]) => JSON.stringify(what)?.includes(mark)))
  script.told.pop()
}

test('a rotation is acknowledged with a new key, signed, and the same one again', async () => {
  const { keys } = script.credentials
  const ack = await rotating()
  assert.notEqual(ack.curve_public_key, keys.curve.publicKey)
  const text = curveRotateText({
    rotation_id,
    agent_id: script.credentials.enrollment.agent_id,
    curve_public_key: ack.curve_public_key,
    router_curve_public_key: script.router.curve_public_key,
  })
  assert.ok(verifySignature(verifyingKey(keys.signing.publicKey), Buffer.from(text), ack.signature))
  const { address, curve_public_key } = script.router
  await sayFirst([{ t: 'curve_rotate', rotation_id, address, curve_public_key }])
  assert.equal((await script.next('curve_rotate_ack')).curve_public_key, ack.curve_public_key)
  await sayFirst([{ t: 'curve_rotate', rotation_id: 'rot_0002', address, curve_public_key }])
  assert.notEqual((await script.next('curve_rotate_ack')).curve_public_key, ack.curve_public_key)
  assert.equal(script.credentials.keys.curve.publicKey, keys.curve.publicKey, 'the old one is in use still')
})

test('an accepted pair is dialled beside the session, and with its welcome it is the only one', async () => {
  const old = script.credentials.keys.curve.publicKey
  await proved()
  assert.equal(script.link.state, 'online')
  await script.say(
    [
      {
        t: 'welcome',
        session: sessionOf(2),
        lease_epoch: 2,
        lease_ttl_ms: 30_000,
        bindings: [],
        paused: [],
        forget: [],
      },
    ],
    { s: sessionOf(2), n: 1 },
  )
  await script.until('online', () => (names().includes('online') ? true : undefined))
  assert.ok(!names().includes('offline'))
  assert.notEqual(script.credentials.keys.curve.publicKey, old)
  assert.equal(script.credentials.next, undefined)
  script.link.manifestChanged()
  assert.equal((await script.next('lease_renewal')).lease_epoch, 2, 'what it says goes over the new session')
})

test('the first connection may end before the second is welcome: nothing is dialled, and nobody called it offline', async () => {
  await proved()
  await sayFirst([{ t: 'session_refused', code: 'lease_superseded', message: 'another session began' }])
  script.speakTo(1)
  await script.say(
    [
      {
        t: 'welcome',
        session: sessionOf(2),
        lease_epoch: 2,
        lease_ttl_ms: 30_000,
        bindings: [],
        paused: [],
        forget: [],
      },
    ],
    { s: sessionOf(2), n: 1 },
  )
  await script.until('online', () => (names().includes('online') ? true : undefined))
  assert.deepEqual(script.pauses, [])
  assert.ok(!names().includes('offline'))
})

test('what the first connection brings after the proof is not run: the router gives it out again', async () => {
  await proved()
  await sayFirst([call])
  await seenByFirst()
  script.speakTo(1)
  await script.say(
    [
      {
        t: 'welcome',
        session: sessionOf(2),
        lease_epoch: 2,
        lease_ttl_ms: 30_000,
        bindings: [],
        paused: [],
        forget: [],
      },
    ],
    { s: sessionOf(2), n: 1 },
  )
  await script.until('online', () => (names().includes('online') ? true : undefined))
  assert.ok(!names().includes('dispatch'))
})

test('when the router is too busy for the second session the first goes on, with what it brought meanwhile', async () => {
  await proved()
  await sayFirst([call])
  await seenByFirst()
  script.speakTo(1)
  await script.say([{ t: 'session_refused', code: 'handshake_expired', message: 'busy', retry_after_ms: 700 }], {
    s: '',
    n: 0,
  })
  const [, calls] = await script.until('the call', () => script.told.find(([name]) => name === 'dispatch'))
  assert.deepEqual(calls, [call])
  assert.equal(script.link.state, 'online')
  assert.deepEqual(script.pauses, [700])
  await script.clock.advance(700)
  await script.next('hello')
})

test('when nobody answers the proof both connections end, and what was brought meanwhile is not run', async () => {
  await proved()
  await sayFirst([call])
  await seenByFirst()
  script.speakTo(1)
  await script.say([{ t: 'session_refused', code: 'session_unknown', message: 'lost' }], { s: '', n: 0 })
  await script.until('the end', () => (names().includes('offline') ? true : undefined))
  assert.ok(!names().includes('dispatch'))
  const pair = script.credentials.next!.curve.publicKey
  await script.redial()
  assert.equal((await script.challenge()).curve_public_key, pair, 'it dials with the new pair first')
})

test('a rotation that ends leaves the old pair and the session', async () => {
  const ack = await rotating()
  await sayFirst([{ t: 'rotation_ended', rotation_id, reason: 'nobody came' }])
  await seenByFirst()
  await sayFirst([{ t: 'rotation_accepted', rotation_id }])
  await seenByFirst()
  assert.equal(script.credentials.next, undefined)
  assert.notEqual(script.credentials.keys.curve.publicKey, ack.curve_public_key)
  assert.equal(script.link.state, 'online')
})
