import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createOutbound } from '@xerotier/runtime/outbound.ts'
import { startReceiver } from './receiver.fixture.ts'
import { outboundLimits, post } from './send-webhook.ts'

test('a receiver that answers 200 after 11 s has failed after 10', async (t) => {
  const clock = settableClock()
  const receiver = await startReceiver(t)
  let late = false
  receiver.answer = (response) =>
    void clock.after(11_000, () => {
      late = true
      response.writeHead(200).end()
    })
  const outbound = createOutbound({ clock, privateTargets: true, limits: outboundLimits })
  const attempted = post({ outbound }, receiver.url, '{}')
  await receiver.next()
  await clock.advance(9_999)
  await clock.advance(1)
  const { delivered, ...said } = await attempted
  assert.equal(delivered, false)
  assert.match(JSON.stringify(said), /within 10000 ms/)
  assert.equal(late, false)
})

test('a name that resolves to a private address is refused when it is connected to', async (t) => {
  const receiver = await startReceiver(t)
  const { port } = new URL(receiver.url)
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1']) {
    const family = address.includes(':') ? 6 : 4
    const outbound = createOutbound({
      clock: systemClock,
      privateTargets: false,
      limits: outboundLimits,
      lookup: (_, done) => done(null, [{ address, family }]),
    })
    const attempted = await post({ outbound }, `http://hooks.example.com:${port}/path?token=t`, '{}')
    assert.deepEqual(attempted, { delivered: false, error: 'hooks.example.com is at no public address' })
  }
  assert.equal(receiver.received.length, 0)
})

test('the record of a failure names the origin of the receiver and no more', async (t) => {
  const receiver = await startReceiver(t)
  receiver.answer = (response) => void response.destroy()
  const outbound = createOutbound({ clock: systemClock, privateTargets: true, limits: outboundLimits })
  const attempted = await post({ outbound }, `${receiver.url}/secret-path?token=secret`, '{}')
  assert.equal(attempted.delivered, false)
  assert.doesNotMatch(JSON.stringify(attempted), /secret/)
})
