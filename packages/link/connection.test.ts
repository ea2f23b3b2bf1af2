import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { resultOf } from './fixtures/result.ts'
import {
  bindingsOf,
  boundBy,
  leaseMs,
  renewalMs,
  type Scripted,
  scripted,
  sessionOf,
  welcomeOf,
} from './fixtures/scripted-router.ts'

const call = { execution_id: '00000000-0000-7000-8000-000000000001', attempt: 1, lease_epoch: 1 }
let script: Scripted
beforeEach(async () => {
  script = await scripted()
})
afterEach(() => script.close())

const offline = () => script.told.find(([name]) => name === 'offline')?.[1]

test('the agent proves who it is with what it was challenged with, and what it knows', async () => {
  script.outbox.settle(resultOf(call), { durable: false })
  const proof = await script.welcome()
  assert.deepEqual(proof.in_flight, [{ ...call, status: 'settled' }])
  assert.equal(proof.journal_id, script.outbox.journalId)
  assert.equal(script.link.state, 'online')
})

test('a message that is repeated, or older than the last, is dropped whole', async () => {
  await script.welcome()
  await script.say([bindingsOf('of-the-welcome')], { n: 1 })
  await script.say([bindingsOf('five')], { n: 5 })
  await script.say([bindingsOf('five-again')], { n: 5 })
  await script.say([bindingsOf('four')], { n: 4 })
  await script.sayAndSee([bindingsOf('six')], { n: 6 })
  assert.deepEqual(boundBy(script), ['five', 'six'])
})

test('a message of another session is dropped', async () => {
  await script.welcome()
  await script.say([bindingsOf('other')], { s: sessionOf(9) })
  await script.say([bindingsOf('none')], { s: '' })
  await script.sayAndSee([bindingsOf('ours')])
  assert.deepEqual(boundBy(script), ['ours'])
})

test('a welcome in an envelope of another session begins nothing', async () => {
  await script.challenge()
  await script.say([welcomeOf(sessionOf(9), { bindings: [] })], { s: sessionOf(8), n: 1 })
  await script.say([welcomeOf(sessionOf(9))], { s: '', n: 1 })
  await script.say([welcomeOf(sessionOf(7)), bindingsOf('behind-the-welcome')], { s: sessionOf(7), n: 1 })
  await script.until('online', () => script.told.find(([name]) => name === 'online'))
  assert.deepEqual(
    script.told.map(([name]) => name),
    ['bindings', 'paused', 'online', 'bindings'],
    'one welcome counted',
  )
  await script.clock.advance(renewalMs)
  await script.next('lease_renewal')
})

test('a frame that is not known, or comes before its time, leaves the others of its message alone', async () => {
  await script.challenge()
  await script.say([bindingsOf('early')], { s: '', n: 0 })
  await script.say([{ t: 'shell' } as never, welcomeOf(sessionOf(1))], { s: sessionOf(1), n: 1 })
  await script.until('online', () => script.told.find(([name]) => name === 'online'))
  await script.say([{ t: 'shell' } as never, bindingsOf('known')], { s: sessionOf(1), n: 2 })
  await script.until('the bindings', () => boundBy(script)[0])
  assert.deepEqual(boundBy(script), ['known'])
})

test('an agent whose router stops answering ends the session when its lease is over', async () => {
  await script.welcome()
  await script.clock.advance(leaseMs)
  assert.equal(offline(), undefined)
  await script.clock.advance(renewalMs)
  assert.match(String(offline()), /lease is over/)
  assert.equal(script.link.state, 'connecting')
  await script.redial()
  await script.welcome()
})

test('the answer to a renewal moves the end of the lease, but not one of another epoch', async () => {
  await script.welcome({ lease_epoch: 3 })
  await script.clock.advance(2 * renewalMs)
  await script.sayAndSee([{ t: 'lease', lease_epoch: 3, lease_ttl_ms: leaseMs, forget: [] }])
  await script.clock.advance(2 * renewalMs)
  await script.sayAndSee([{ t: 'lease', lease_epoch: 2, lease_ttl_ms: leaseMs, forget: [] }])
  await script.clock.advance(renewalMs)
  assert.equal(offline(), undefined)
  await script.clock.advance(renewalMs)
  assert.match(String(offline()), /lease is over/)
})

test('a router that knows short renewals gets the manifest when it is another, or asked for', async () => {
  const renewed = async () => {
    await script.clock.advance(renewalMs)
    const { manifest_hash, manifest } = await script.next('lease_renewal')
    assert.equal(manifest_hash, script.manifest.manifest_hash)
    return manifest
  }
  const answer: RouterFrame = { t: 'lease', lease_epoch: 1, lease_ttl_ms: leaseMs, forget: [] }
  await script.welcome({ features: ['short_renewals'] })
  assert.equal(await renewed(), undefined)
  await script.say([{ ...answer, manifest_wanted: true }])
  assert.deepEqual((await script.next('lease_renewal')).manifest, script.manifest, 'at once')
  await script.sayAndSee([answer])
  assert.equal(await renewed(), undefined)
  // Version and hash do not cover what is reported of bundles.
  script.manifest = { ...script.manifest, bundles: [{ name: 'b', version: '1', error: null, left_out: [] }] }
  assert.deepEqual(await renewed(), script.manifest)
  await script.sayAndSee([answer])
  assert.equal(await renewed(), undefined)
})

test('an older router gets the manifest with each renewal', async () => {
  await script.welcome()
  for (let renewal = 0; renewal < 2; renewal++) {
    await script.clock.advance(renewalMs)
    assert.deepEqual((await script.next('lease_renewal')).manifest, script.manifest)
    await script.sayAndSee([{ t: 'lease', lease_epoch: 1, lease_ttl_ms: leaseMs, forget: [] }])
  }
})

test('a result that nobody acknowledges is sent again at every third renewal, until it is', async () => {
  await script.welcome()
  script.reports.result(resultOf(call), { durable: false })
  await script.next('result')
  /** What the agent says while its session is renewed three times. */
  const saidMeanwhile = async () => {
    for (let renewal = 0; renewal < 3; renewal++) {
      await script.clock.advance(renewalMs)
      await script.sayAndSee([{ t: 'lease', lease_epoch: 1, lease_ttl_ms: leaseMs, forget: [] }])
    }
    script.reports.refused({ t: 'refused', ...call, code: 'agent_refused', message: 'the last word', retry: true })
    await script.until('the last word', () => script.waiting.find((frame) => frame.t === 'refused'))
    return script.waiting.splice(0).map((frame) => frame.t)
  }
  const renewals = Array(3).fill('lease_renewal')
  assert.deepEqual(await saidMeanwhile(), [...renewals, 'result', 'refused'])
  assert.deepEqual(await saidMeanwhile(), [...renewals, 'result', 'refused'])
  await script.sayAndSee([{ t: 'result_ack', ...call, ok: true }])
  assert.deepEqual(await saidMeanwhile(), [...renewals, 'refused'])
})

test('without a welcome the connection is given up after 10 s', async () => {
  await script.challenge()
  assert.equal(script.link.state, 'handshaking')
  await script.clock.advance(9_999)
  assert.equal(script.link.state, 'handshaking')
  await script.clock.advance(1)
  assert.equal(script.link.state, 'connecting')
  await script.redial()
  await script.welcome()
})
