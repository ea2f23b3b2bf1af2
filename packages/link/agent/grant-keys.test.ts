import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantKeyText } from '@xerotier/protocol/rotation.ts'
import { newSigningKey, type SigningKey } from '@xerotier/runtime/ed25519.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { createGrantKeys } from './grant-keys.ts'

const hex = ({ publicKey }: SigningKey) => publicKey.toString('hex')
const [first, second, third, stranger] = [newSigningKey(), newSigningKey(), newSigningKey(), newSigningKey()]

function vouches(by: SigningKey, of: SigningKey, signing = by) {
  const statement = { signer: hex(by), public_key: hex(of) }
  return { ...statement, signature: new Uint8Array(signing.sign(Buffer.from(grantKeyText(statement)))) }
}

function pinned(key: SigningKey) {
  const kept: string[] = []
  const keys = createGrantKeys({ log: silentLog, pin: (publicKey) => kept.push(publicKey) }, hex(key))
  const knows = (...some: SigningKey[]) => some.map(({ keyId }) => keys.find(keyId) !== undefined)
  return { keys, kept, knows }
}

test('a key that the pinned one vouches for is taken beside it, and kept', () => {
  const { keys, kept, knows } = pinned(first)
  keys.heard({ live: [hex(first), hex(second)], statements: [vouches(first, second)] })
  assert.deepEqual(knows(first, second), [true, true])
  keys.heard({ live: [hex(second)], statements: [vouches(first, second)] })
  assert.deepEqual(knows(first, second), [false, true])
  assert.deepEqual(kept, [hex(second)])
})

test('who missed several follows them one by one', () => {
  const { keys, kept, knows } = pinned(first)
  keys.heard({ live: [hex(third)], statements: [vouches(first, second), vouches(second, third)] })
  assert.deepEqual(knows(first, second, third), [false, false, true])
  assert.deepEqual(kept, [hex(third)])
})

test('a key that nobody vouches for, or somebody else, or one that was dropped, is not taken', () => {
  for (const statements of [
    [],
    [vouches(first, stranger, stranger)],
    [vouches(stranger, stranger)],
    [{ ...vouches(first, second), public_key: hex(stranger) }],
  ]) {
    const { keys, kept, knows } = pinned(first)
    keys.heard({ live: [hex(stranger)], statements })
    assert.deepEqual([knows(first, stranger), kept], [[true, false], []])
  }
  const { keys, knows } = pinned(first)
  keys.heard({ live: [hex(second)], statements: [vouches(first, second)] })
  keys.heard({ live: [hex(stranger)], statements: [vouches(first, stranger)] })
  assert.deepEqual(knows(first, second, stranger), [false, true, false])
})

test('one that cannot be written is taken all the same', () => {
  const log = { ...silentLog }
  const keys = createGrantKeys(
    {
      log,
      pin() {
        throw new Error('disk full')
      },
    },
    hex(first),
  )
  keys.heard({ live: [hex(second)], statements: [vouches(first, second)] })
  assert.ok(keys.find(second.keyId))
})
