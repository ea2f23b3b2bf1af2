import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { resultOf } from './fixtures/result.ts'
import { leaseMs, renewalMs, type Scripted, scripted } from './fixtures/scripted-router.ts'

const call = { execution_id: '00000000-0000-7000-8000-000000000001', attempt: 1, lease_epoch: 1 }
let script: Scripted
beforeEach(async () => {
  script = await scripted()
})
afterEach(() => script.close())

const names = () => script.told.map(([name]) => name)
const revoked = () => names().includes('credentialsRevoked')

type Refusal = 'handshake_expired' | 'manifest_invalid'
/** Answers the next hello with a refusal, and lets the pause that follows pass; the pause. */
async function refuse(code: Refusal = 'handshake_expired', next?: 'turned away'): Promise<number> {
  await script.next('hello')
  await script.say([{ t: 'session_refused', code, message: '' }], { s: '', n: 0 })
  return script.redial(next)
}

/** Ends the session; what follows is another connection. */
async function loseSession(): Promise<number> {
  await script.say([{ t: 'session_refused', code: 'session_unknown', message: '' }])
  return script.redial()
}

test('each pause before a redial is twice the last, up to 5 s, until the agent was online again', async () => {
  const pauses: number[] = []
  for (let round = 0; round < 8; round++) pauses.push(await refuse())
  // Half of each, as chance is 0.
  assert.deepEqual(pauses, [50, 100, 200, 400, 800, 1600, 2500, 2500])
  await script.welcome()
  assert.equal(await loseSession(), 50)
  assert.equal(await refuse(), 100)
})

test('chance spreads a pause between its half and its whole', async () => {
  const pauses: number[] = []
  for (const chance of [0.5, 0, 0.25]) {
    script.chance = chance
    pauses.push(await refuse())
  }
  assert.deepEqual(pauses, [75, 100, 250])
})

test('agents that lose their sessions at one moment dial again over a second', async () => {
  const pauses: number[] = []
  for (const chance of [0, 0.25, 0.75]) {
    script.chance = chance
    await script.welcome()
    pauses.push(await loseSession())
  }
  assert.deepEqual(pauses, [50, 300, 800])
})

test('after a refusal that will not get better the agent dials again slowly, and quickly once it was online', async () => {
  assert.equal(await refuse('manifest_invalid'), 15_000)
  assert.equal(await refuse('manifest_invalid'), 15_000)
  await script.welcome()
  assert.equal(await loseSession(), 50)
})

test('a key that is refused three times in a row counts as revoked, and the link stops', async () => {
  await refuse('handshake_expired', 'turned away')
  await script.redial('turned away')
  // Twice by now at the most.
  assert.equal(revoked(), false)
  await script.redial('turned away')
  await script.until('the revocation', () => revoked() || undefined)
  assert.equal(script.link.state, 'closed')
  assert.equal(script.clock.pending(), 0, 'no redial is planned')
})

test('refusals that are not in a row revoke nothing', async () => {
  for (let round = 0; round < 2; round++) {
    // Admitted, though never online, and lost for another reason.
    await refuse('handshake_expired', 'turned away')
    await script.redial('turned away')
    await script.redial()
  }
  await script.welcome()
  assert.equal(revoked(), false)
})

test('a router that revokes the credentials is not dialled again', async () => {
  await script.welcome()
  await script.say([{ t: 'reenroll', reason: 'removed' }])
  await script.until('the revocation', () => revoked() || undefined)
  assert.deepEqual(script.told.at(-1), ['credentialsRevoked', 'removed'])
  assert.equal(script.link.state, 'closed')
  assert.equal(script.clock.pending(), 0)
})

test('what was not acknowledged is sent again in the next session, output before results', async () => {
  await script.welcome()
  const piece = { t: 'output' as const, ...call, stream: 'stdout' as const, at: 1, data: new Uint8Array([1]) }
  script.reports.output({ ...piece, seq: 0 })
  script.reports.output({ ...piece, seq: 1 })
  const settled = { ...call, execution_id: call.execution_id.replace(/1$/, '2') }
  for (const ref of [call, settled]) script.reports.result(resultOf(ref), { durable: false })
  await script.next('result')
  await script.sayAndSee([
    { t: 'output_ack', ...call, seq: 0 },
    { t: 'result_ack', ...settled, ok: true },
  ])
  await loseSession()
  const proof = await script.welcome()
  assert.deepEqual(proof.in_flight, [{ ...call, status: 'settled' }])
  const result = await script.until('the result', () => script.waiting.find((frame) => frame.t === 'result'))
  assert.deepEqual(result, resultOf(call))
  assert.deepEqual(
    script.waiting.map((frame) => (frame.t === 'output' ? frame.seq : frame.t)),
    [1, 'result'],
  )
})

test('a result of which nobody wants to know is dropped at the welcome, and its call with it', async () => {
  script.reports.result(resultOf(call), { durable: false })
  await script.welcome({ forget: [call] })
  assert.deepEqual(names(), ['bindings', 'paused', 'forget', 'online'])
  assert.deepEqual(script.outbox.pending(), [])
})

test('dispatches of one message are handed over together, and what follows them after them', async () => {
  await script.welcome()
  script.told.length = 0
  const dispatch = {
    t: 'dispatch' as const,
    project_id: 'proj_abcd1234',
    workspace: { workspace_id: 'ws_0123456789ab', workspace: 'w', type: 'generic' as const, credentials_ref: null },
    tool: 'echo',
    schema_digest: '0'.repeat(64),
    risk: 'read' as const,
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
  }
  const other = { ...call, attempt: 2 }
  await script.sayAndSee([
    { ...dispatch, ...call },
    { ...dispatch, ...other },
    { t: 'cancel', ...call },
  ])
  assert.deepEqual(
    script.told.map(([name, what]) => [name, name === 'dispatch' ? (what as unknown[]).length : what]),
    [
      ['dispatch', 2],
      ['cancel', call],
    ],
  )
})

test('a link that was told to drain before its welcome says so right after it', async () => {
  script.link.drain()
  await script.welcome()
  assert.equal((await script.next('lease_renewal')).draining, true)
})

test('a link that closes waits for the acknowledgement of its results, and then says goodbye', async () => {
  await script.welcome()
  script.reports.result(resultOf(call), { durable: false })
  await script.next('result')
  const closing = script.link.close('stopped', leaseMs)
  await script.clock.advance(renewalMs)
  await script.next('lease_renewal')
  assert.equal(script.link.state, 'online')
  await script.say([{ t: 'result_ack', ...call, ok: true }])
  assert.equal((await script.next('goodbye')).reason, 'stopped')
  await closing
  assert.equal(script.clock.pending(), 0)
})

test('a link that closes waits no longer than it may', async () => {
  await script.welcome()
  script.reports.result(resultOf(call), { durable: false })
  await script.next('result')
  const closing = script.link.close('stopped', 1000)
  await script.clock.advance(999)
  assert.equal(script.link.state, 'online')
  await script.clock.advance(1)
  await closing
  assert.equal(script.link.state, 'closed')
  await script.next('goodbye')
})
