import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Core } from '../domain/core.ts'
import { createHandshakes } from './handshake.ts'

const hello = { t: 'hello', agent_id: 'agt_test1' } as const

function handshakes() {
  const clock = settableClock()
  return { clock, open: createHandshakes({ clock } as unknown as Core) }
}

test('as many handshakes are open as their limit says; one more gets no challenge until another is over', async () => {
  const { clock, open } = handshakes()
  for (let i = 1; i < limits.pendingHandshakes; i++) assert.equal(open.begin(`early ${i}`, hello)?.length, 32)
  await clock.advance(1)
  assert.equal(open.begin('last', hello)?.length, 32)
  assert.equal(open.begin('one more', hello), undefined)
  // Whoever has a place keeps it, with another challenge.
  assert.equal(open.begin('last', hello)?.length, 32)
  assert.equal(open.begin('one more', hello), undefined)

  await clock.advance(limits.handshakeMs - 2)
  assert.equal(open.begin('one more', hello), undefined)
  await clock.advance(1)
  for (let i = 1; i < limits.pendingHandshakes; i++) assert.equal(open.begin(`late ${i}`, hello)?.length, 32)
  assert.equal(open.begin('one more', hello), undefined)
})

test('a proof gives its place back, whatever it proves', async () => {
  const { open } = handshakes()
  for (let i = 1; i <= limits.pendingHandshakes; i++) open.begin(String(i), hello)
  assert.equal(open.begin('one more', hello), undefined)
  const proof = { agent_id: 'agt_other', nonce: new Uint8Array(32), routing_id: new Uint8Array(5) }
  const proved = await open.finish('1', Buffer.alloc(5), proof as Parameters<typeof open.finish>[2], () => true)
  assert.deepEqual(proved, { refusal: 'identity_mismatch', message: 'The proof answers another challenge.' })
  assert.equal(open.begin('one more', hello)?.length, 32)
})

test('a challenge is good for as long as its limit says, and not a millisecond longer', async () => {
  const { clock, open } = handshakes()
  const proof = { agent_id: hello.agent_id, nonce: new Uint8Array(32), routing_id: new Uint8Array(5) }
  const finish = (name: string) =>
    open.finish(name, Buffer.alloc(5), proof as Parameters<typeof open.finish>[2], () => true)
  open.begin('in time', hello)
  open.begin('late', hello)
  await clock.advance(limits.handshakeMs)
  // Its nonce is another, which is looked at only while the challenge is open.
  assert.equal(((await finish('in time')) as { refusal: string }).refusal, 'identity_mismatch')
  await clock.advance(1)
  assert.deepEqual(await finish('late'), {
    refusal: 'handshake_expired',
    message: 'There is no open challenge for this connection.',
  })
})
