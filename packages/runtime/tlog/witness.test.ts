import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSigningKey } from '../ed25519.ts'
import { noteKey, signedCheckpoint } from './note.ts'
import { consistencyProof, leafHash, type NodeAt, nodeHash, rootOf, type TreeHead } from './tree.ts'
import { nothingSeen, type Witnessed, witness } from './witness.ts'

const key = newSigningKey()
const log = noteKey('example.com/log', 'log', key.publicKey)
const most = 40

/** A history: the same leaves up to `forkedAt`, others from there on. */
function historyOf(forkedAt: number) {
  const nodeAt: NodeAt = (level, index) =>
    level === 0
      ? leafHash(Buffer.from(index < forkedAt ? `leaf ${index}` : `other ${index}`))
      : nodeHash(nodeAt(level - 1, 2 * index), nodeAt(level - 1, 2 * index + 1))
  return {
    head: (size: number): TreeHead => ({ size, root: rootOf(size, nodeAt) }),
    offer(oldSize: number, size: number, origin = log.name, signer = key) {
      const note = signedCheckpoint({ origin, size, root: rootOf(size, nodeAt) }, signer)
      return { note, oldSize, proof: consistencyProof(oldSize, size, nodeAt) }
    },
  }
}

const honest = historyOf(most)
const reason = (found: Witnessed) => ('refusal' in found ? found.refusal : 'signed')

test('a log that only grows is signed, from each size to each later one', () => {
  for (let size = 1; size <= most; size++) {
    for (let seen = 0; seen <= size; seen++) {
      const found = witness(seen === 0 ? nothingSeen : honest.head(seen), honest.offer(seen, size), log)
      assert.deepEqual('head' in found && found.head, honest.head(size), `${seen} to ${size}`)
    }
  }
})

test('no history that differs in what was seen is signed, whatever its size', () => {
  for (let seen = 1; seen <= most; seen += 3) {
    for (let forkedAt = 0; forkedAt < seen; forkedAt += 2) {
      for (let size = 1; size <= most; size += 3) {
        const offer = historyOf(forkedAt).offer(Math.min(seen, size), size)
        assert.equal(reason(witness(honest.head(seen), offer, log)), size < seen ? 'rollback' : 'fork')
      }
    }
  }
})

test('a proof from another size is asked for again, and none is believed that does not fit', () => {
  assert.equal(reason(witness(honest.head(7), honest.offer(5, 20), log)), 'conflict')
  assert.equal(reason(witness(honest.head(7), { ...honest.offer(5, 20), oldSize: 7 }, log)), 'fork')
  assert.equal(reason(witness(honest.head(7), { ...honest.offer(7, 20), proof: [] }, log)), 'fork')
})

test('the checkpoint of another log, or under another key, is none', () => {
  const offers = [
    honest.offer(0, 5, 'example.com/other'),
    honest.offer(0, 5, log.name, newSigningKey()),
    { ...honest.offer(0, 5), note: 'hello' },
  ]
  for (const offer of offers) assert.equal(reason(witness(nothingSeen, offer, log)), 'signature')
})
