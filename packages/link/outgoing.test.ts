import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { resultOf } from './fixtures/result.ts'
import { createOutgoing } from './outgoing.ts'

const ref = (call: number) => ({ execution_id: `call ${call}`, attempt: 1, lease_epoch: 1 })
const output = (call: number, seq: number, bytes: number): AgentFrame => ({
  ...{ t: 'output', ...ref(call), seq, stream: 'stdout', at: 1 },
  data: new Uint8Array(bytes),
})
const large = limits.outputFrameBytes

/** Takes all, message by message. @returns of each frame its call and kind */
function messagesOf(...frames: AgentFrame[]): string[][] {
  const outgoing = createOutgoing()
  for (const frame of frames) outgoing.push(frame)
  const messages: string[][] = []
  while (!outgoing.isEmpty)
    messages.push(
      outgoing.take().map((frame) => ('execution_id' in frame ? `${frame.execution_id}: ${frame.t}` : frame.t)),
    )
  return messages
}

test('the result of a call does not wait for the megabytes of another', () => {
  const pieces = Array.from({ length: 100 }, (_, seq) => output(1, seq, large))
  const [first] = messagesOf(...pieces, resultOf(ref(2)))
  assert.equal(first?.[0], 'call 2: result')
})

test('what is about one call leaves in its order, and a goodbye after all', () => {
  const frames = [output(1, 0, 10), output(1, 1, large), output(1, 2, 10), resultOf(ref(1))]
  const goodbye: AgentFrame = { t: 'goodbye', reason: 'stopping' }
  assert.deepEqual(messagesOf(...frames, goodbye), [
    ['call 1: output', 'call 1: output', 'call 1: output', 'call 1: result', 'goodbye'],
  ])
  const many = Array.from({ length: 20 }, (_, seq) => output(1, seq, large))
  const all = messagesOf(...many, resultOf(ref(1)), goodbye).flat()
  assert.deepEqual(all.slice(-2), ['call 1: result', 'goodbye'])
})

test('a message has a quarter of a megabyte of output at most, and its reader others in between', () => {
  const sizes = messagesOf(...Array.from({ length: 64 }, (_, seq) => output(seq % 3, seq, large))).map(
    ({ length }) => length * large,
  )
  assert.equal(Math.max(...sizes), 256 * 1024)
})

test('a call whose output has left is no longer behind it', () => {
  const outgoing = createOutgoing()
  for (let seq = 0; seq < 8; seq++) outgoing.push(output(1, seq, large))
  outgoing.take()
  outgoing.take()
  assert.ok(outgoing.isEmpty)
  for (let seq = 0; seq < 8; seq++) outgoing.push(output(2, seq, large))
  outgoing.push(resultOf(ref(1)))
  assert.equal(outgoing.take()[0]?.t, 'result')
})
