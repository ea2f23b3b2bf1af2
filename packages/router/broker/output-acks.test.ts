import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import type { LiveCall } from '../domain/attempts/calls.ts'
import { createOutputAcks } from './output-acks.ts'

const call = {} as LiveCall

test('everything up to the first piece that is not stored is acknowledged', () => {
  const acks = createOutputAcks()
  const pieces = [0, 1, 2, 3].map((seq) => acks.received(call, seq))
  assert.deepEqual(
    [1, 0, 3, 2].map((seq) => acks.stored(call, pieces[seq]!)),
    [undefined, 1, 1, 3],
  )
  const other = {} as LiveCall
  assert.equal(acks.stored(other, acks.received(other, 0)), 0)
})

test('a piece that comes again, or too late, holds the acknowledgement back until it is stored', () => {
  const acks = createOutputAcks()
  const [five, three, again] = [5, 3, 5].map((seq) => acks.received(call, seq))
  assert.equal(acks.stored(call, five!), undefined)
  assert.equal(acks.stored(call, again!), undefined)
  assert.equal(acks.stored(call, three!), 5)
})

test('200,000 pieces that wait together are acknowledged in linear time', () => {
  const from = threadMs()
  const acks = createOutputAcks()
  const pieces = Array.from({ length: 200_000 }, (_, seq) => acks.received(call, seq))
  for (const piece of pieces) assert.equal(acks.stored(call, piece), piece.seq)
  assert.ok(threadMs() - from < 10_000)
})
