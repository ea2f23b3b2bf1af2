import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { signingRotateText } from '@xerotier/protocol/rotation.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { keepEnrollment } from '../enroll.ts'
import { loadKeys } from '../keys.ts'
import { credentialsOnDisk, finishCommit } from './on-disk.ts'

const rotation_id = 'rot_abcd1234'
const told = { t: 'signing_rotate', rotation_id } as const

/** An agent that may die at any time: `start` is what its next process has. */
function world(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const paths = { curve: join(folder, 'curve-key.hex'), signing: join(folder, 'signing-key.hex') }
  const enrollmentPath = join(folder, 'enrollment.json')
  const router = { address: 'tcp://127.0.0.1:1', curve_public_key: 'x'.repeat(40), signing_public_key: 'f'.repeat(64) }
  const enrollment = { agent_id: 'agt_abcd1234', router } as Enrollment
  const optionsOf = (keys: ReturnType<typeof loadKeys>) => ({
    ...{
      clock: systemClock,
      chance: () => 0.5,
      log: silentLog,
      keys,
      routerUrl: 'https://router',
      role: 'xem' as const,
    },
    ...{ registrationName: 'one', allowInsecure: false, enrollmentPath, hostname: 'host', version: '0' },
  })
  const start = () => {
    finishCommit(paths, enrollmentPath)
    const keys = loadKeys({ signingKeyPath: paths.signing, curveKeyPath: paths.curve })
    return credentialsOnDisk(optionsOf(keys), paths, enrollment)
  }
  const first = start()
  keepEnrollment(optionsOf(first.keys), enrollment)
  return { paths, enrollmentPath, next: `${paths.signing}.next`, optionsOf, enrollment, first, start }
}

test('a signing key is on disk before it is named, and named by the key in use and by itself', (t) => {
  const { first, next } = world(t)
  const ack = first.prepare(told)
  assert.equal(statSync(next).mode & 0o777, 0o600)
  assert.ok(ack.t === 'signing_rotate_ack')
  const [old_key, new_key] = [first.keys.signing.publicKey.toString('hex'), ack.signing_public_key]
  const text = Buffer.from(signingRotateText({ rotation_id, agent_id: 'agt_abcd1234', old_key, new_key }))
  assert.ok(verifySignature(verifyingKey(Buffer.from(old_key, 'hex')), text, ack.signature))
  assert.ok(verifySignature(verifyingKey(Buffer.from(new_key, 'hex')), text, ack.proof))
  assert.equal(first.next, undefined, 'nothing is dialled with it before the router takes it')
})

test('an agent that dies before the router hears of its key answers with the same', (t) => {
  const { first, start } = world(t)
  const one = first.prepare(told)
  assert.deepEqual(start().prepare(told), one)
})

test('one that dies once the router takes the key dials with it, and with the old one', (t) => {
  const { first, start } = world(t)
  first.prepare(told)
  assert.ok(first.accepted(rotation_id))
  const again = start()
  assert.equal(again.current.signing.keyId, first.keys.signing.keyId)
  assert.ok(again.next !== undefined && again.next.signing.keyId !== first.keys.signing.keyId)
  assert.equal(again.next.curve.publicKey, first.keys.curve.publicKey)
})

test('one that dies between its enrollment and the file of the key has the new key', (t) => {
  const { first, start, next, optionsOf, enrollment } = world(t)
  first.prepare(told)
  first.accepted(rotation_id)
  const fresh = first.next?.signing ?? assert.fail()
  // As far as a commit got.
  keepEnrollment(optionsOf({ ...first.keys, signing: fresh }), enrollment)
  const again = start()
  assert.deepEqual([again.keys.signing.keyId, again.next], [fresh.keyId, undefined])
  assert.ok(!existsSync(next))
})

test('a key that came into use stays, and one that is rolled back is gone', (t) => {
  const { first, start, next } = world(t)
  first.prepare(told)
  first.accepted(rotation_id)
  assert.equal(first.commit(), 'signing')
  assert.equal(start().keys.signing.keyId, first.keys.signing.keyId)
  first.prepare({ ...told, rotation_id: 'rot_another' })
  assert.ok(existsSync(next))
  first.drop('rot_another')
  assert.ok(!existsSync(next))
  assert.equal(start().keys.signing.keyId, first.keys.signing.keyId)
})

test('a key of another rotation takes the place of one that was to come, whichever it is', (t) => {
  const { first, paths, next } = world(t)
  first.prepare(told)
  first.prepare({
    t: 'curve_rotate',
    rotation_id: 'rot_another',
    address: 'tcp://127.0.0.1:2',
    curve_public_key: 'y'.repeat(40),
  })
  assert.deepEqual([existsSync(next), existsSync(`${paths.curve}.next`)], [false, true])
})
