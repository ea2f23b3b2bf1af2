import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import type { LiveCall } from './calls.ts'
import { countOutput } from './output.ts'

const newCall = () => ({ outputBytes: 0 }) as LiveCall
const piece = (seq: number, bytes: number) =>
  ({
    t: 'artifact',
    execution_id: '00000000-0000-4000-8000-000000000001',
    attempt: 1,
    lease_epoch: 1,
    seq,
    name: 'stdout.log',
    media_type: 'text/plain',
    at: 0,
    data: new Uint8Array(bytes),
  }) as const

/** Pieces of this size that a call may have. */
function taken(bytes: number): number {
  const call = newCall()
  let count = 0
  while (countOutput(call, piece(count, bytes))) count += 1
  return count
}

test('a short piece counts as much as one of the least size', () => {
  assert.equal(taken(limits.outputFrameBytes), limits.outputTotalBytes / limits.outputFrameBytes)
  assert.equal(taken(limits.outputPieceLeastBytes), limits.outputTotalBytes / limits.outputPieceLeastBytes)
  assert.equal(taken(1), limits.outputTotalBytes / limits.outputPieceLeastBytes)
})

test('after a piece that was too much nothing is taken, so that the output has no hole', () => {
  const call = newCall()
  call.outputBytes = limits.outputTotalBytes - limits.outputPieceLeastBytes
  assert.equal(countOutput(call, piece(0, limits.outputFrameBytes)), false)
  assert.equal(countOutput(call, piece(1, 1)), false)
  assert.equal(call.outputCut, true)
})

test('what is kept with the record has a limit of its own, in true bytes', () => {
  const call = newCall()
  const output = (seq: number, bytes: number) => {
    const { name: _, ...frame } = piece(seq, bytes)
    return { ...frame, t: 'output', stream: 'stdout' } as const
  }
  for (let seq = 0; seq < 2_000; seq++) assert.equal(countOutput(call, output(seq, 1)), true)
  call.inlineBytes = limits.outputInlineBytes - 1
  assert.equal(countOutput(call, output(2_000, 1)), true)
  assert.equal(countOutput(call, output(2_001, 1)), false)
  assert.equal(countOutput(call, piece(2_002, 1)), true, 'artifacts go on')
  assert.equal(countOutput(call, output(2_003, 1)), false, 'the output has no hole')
})

test('a piece that an earlier session stored is neither stored nor counted again', () => {
  const call = { ...newCall(), storedBelow: 5 }
  assert.equal(countOutput(call, piece(4, 1)), false)
  assert.deepEqual([call.outputBytes, call.outputCut], [0, undefined])
  assert.equal(countOutput(call, piece(5, 1)), true)
})
