import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import type { Dealer } from 'zeromq'
import { resultOf } from './fixtures/result.ts'
import { createSender } from './sender.ts'

const key = newSigningKey()
const goodbye = (reason: string): AgentFrame => ({ t: 'goodbye', reason })
const ref = { execution_id: '00000000-0000-7000-8000-000000000001', attempt: 1, lease_epoch: 1 }

function recording() {
  const frames: AgentFrame[] = []
  const numbers: number[] = []
  let messages = 0
  let sentOne = () => {}
  const socket = {
    async send([body]: [Buffer]) {
      const { n, f } = unpackMessage(body) as { n: number; f: AgentFrame[] }
      numbers.push(n)
      frames.push(...f)
      messages += 1
      sentOne()
    },
  }
  return {
    frames,
    numbers,
    messages: () => messages,
    onSend: (callback: () => void) => {
      sentOne = callback
    },
    socket: socket as unknown as Dealer,
  }
}

test('a frame leaves whenever it is sent, however few turns after the one before', async () => {
  for (let turns = 0; turns < 12; turns++) {
    const { socket, frames, onSend } = recording()
    const sender = createSender(socket, key, assert.ifError, { dropped: assert.fail })
    let second: Promise<void> | undefined
    onSend(() => {
      onSend(() => {})
      second = (async () => {
        for (let turn = 0; turn < turns; turn++) await undefined
        sender.send(goodbye('second'))
      })()
    })
    sender.send(goodbye('first'))
    await sender.flushed()
    await second
    await sender.flushed()
    assert.deepEqual(
      frames.map((frame) => (frame as { reason: string }).reason),
      ['first', 'second'],
      `after ${turns} turns`,
    )
  }
})

test('what is ready together leaves as one message, and a start that its end overtook does not leave', async () => {
  const { socket, frames, messages } = recording()
  const sender = createSender(socket, key, assert.ifError, { dropped: assert.fail })
  sender.send({ t: 'accepted', ...ref, started_at: 1 })
  sender.send({ t: 'accepted', ...ref, execution_id: ref.execution_id.replace(/1$/, '2'), started_at: 1 })
  sender.send(resultOf(ref))
  await sender.flushed()
  assert.equal(messages(), 1)
  assert.deepEqual(
    frames.map((frame) => frame.t),
    ['accepted', 'result'],
  )
})

test('a frame that cannot be written is dropped alone, and the numbers of messages have no gap', async () => {
  const { socket, frames, numbers, messages } = recording()
  let deep: unknown = 1
  for (let level = 0; level < 100_000; level++) deep = [deep]
  const dropped: AgentFrame[] = []
  const sender = createSender(socket, key, assert.ifError, { dropped: (frame) => dropped.push(frame) })
  const endless = { t: 'goodbye', reason: deep } as unknown as AgentFrame
  for (const frame of [goodbye('one'), endless, goodbye('two')]) sender.send(frame)
  await sender.flushed()
  sender.send(goodbye('three'))
  await sender.flushed()
  assert.deepEqual(dropped, [endless])
  assert.deepEqual(frames, [goodbye('one'), goodbye('two'), goodbye('three')])
  assert.deepEqual(
    numbers,
    Array.from({ length: messages() }, (_, index) => index + 1),
  )
})
