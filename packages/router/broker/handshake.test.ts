import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import type { EnrolledKeys } from '../domain/fleet/enrolled-keys.ts'
import { createHandshakes } from './handshake.ts'

/** Nobody is enrolled: every nonce here is a wrong one, and that is looked at first. */
const enrolledKeys: Pick<EnrolledKeys, 'get'> = { get: () => undefined }

function handshakes() {
  const clock = settableClock()
  const crowded: string[] = []
  const open = createHandshakes({ clock, enrolledKeys }, (agentId) => crowded.push(agentId))
  const origin = (routingKey: string) => ({ routingKey, routingId: Buffer.alloc(5), version: wireVersion })
  const hello = (connection: string, agent_id: string) => open.begin(origin(connection), { t: 'hello', agent_id })
  /**
   * Whether the connection has a challenge; it has none afterwards. Its nonce is another, which is
   * looked at only then.
   */
  function isOpen(connection: string, agent_id: string): boolean {
    const proof = { agent_id, nonce: new Uint8Array(32), routing_id: new Uint8Array(5) }
    const proved = open.finish(
      { ...origin(connection), isSignedBy: () => true },
      proof as Parameters<typeof open.finish>[1],
    )
    const { refusal } = proved as { refusal: string }
    assert.ok(refusal === 'identity_mismatch' || refusal === 'handshake_expired')
    return refusal === 'identity_mismatch'
  }
  return { clock, crowded, hello, isOpen }
}

test('as many handshakes are open as their limit says; one more costs the oldest its challenge', async () => {
  const { crowded, hello, isOpen } = handshakes()
  for (let i = 1; i <= limits.pendingHandshakes; i++) hello(`early ${i}`, 'agt_one')
  // Whoever has a place keeps it, with another challenge, and is the newest then.
  hello('early 1', 'agt_one')
  assert.deepEqual(crowded, [])
  assert.equal(hello('one more', 'agt_one').length, 32)
  assert.deepEqual(crowded, ['agt_one'])
  assert.equal(isOpen('early 2', 'agt_one'), false)
  for (const kept of ['early 1', 'early 3', 'one more']) assert.equal(isOpen(kept, 'agt_one'), true)
})

test('an agent that fills the table keeps nobody else out, however long it goes on', async () => {
  const { crowded, hello, isOpen } = handshakes()
  hello('honest, before', 'agt_honest')
  for (let i = 1; i <= limits.pendingHandshakes; i++) hello(`flood ${i}`, 'agt_hostile')
  hello('newcomer', 'agt_other')
  for (let i = 1; i <= limits.pendingHandshakes; i++) hello(`second flood ${i}`, 'agt_hostile')
  assert.deepEqual([...new Set(crowded)], ['agt_hostile'])
  assert.equal(isOpen('honest, before', 'agt_honest'), true)
  assert.equal(isOpen('newcomer', 'agt_other'), true)
})

test('a proof gives its place back, whatever it proves, and so does time', async () => {
  const { clock, crowded, hello, isOpen } = handshakes()
  for (let i = 1; i <= limits.pendingHandshakes; i++) hello(String(i), 'agt_one')
  assert.equal(isOpen('1', 'agt_other'), true)
  hello('one more', 'agt_one')
  await clock.advance(limits.handshakeMs)
  for (let i = 1; i <= limits.pendingHandshakes; i++) hello(`late ${i}`, 'agt_one')
  assert.deepEqual(crowded, [])
})

test('a challenge is good for as long as its limit says, and not a millisecond longer', async () => {
  const { clock, hello, isOpen } = handshakes()
  hello('in time', 'agt_one')
  hello('late', 'agt_one')
  await clock.advance(limits.handshakeMs)
  assert.equal(isOpen('in time', 'agt_one'), true)
  await clock.advance(1)
  assert.equal(isOpen('late', 'agt_one'), false)
})
