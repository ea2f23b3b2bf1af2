import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import type { Router } from 'zeromq'
import { createWriter, type Outlet } from './writer.ts'

const call = (attempt: number) => ({
  execution_id: '00000000-0000-7000-8000-000000000001',
  attempt,
  lease_epoch: 1,
})
const ack = (attempt: number): RouterFrame => ({ t: 'result_ack', ...call(attempt), ok: true })
const cancel = (attempt: number): RouterFrame => ({ t: 'cancel', ...call(attempt) })

function recording() {
  const clock = settableClock()
  const messages: string[][] = []
  const socket = {
    async send([, body]: [Buffer, Buffer]) {
      const { f } = unpackMessage(body) as { f: (RouterFrame & { attempt: number })[] }
      messages.push(f.map(({ t, attempt }) => `${t} ${attempt}`))
    },
  }
  const listener = { id: 'rk_1', socket: socket as unknown as Router, bound: '', mark: '' }
  const outlet = (): Outlet => ({
    listener,
    routingId: Buffer.from('r'),
    routingKey: 'r',
    version: wireVersion,
    session: 's',
    sent: 0,
    queue: [],
  })
  const writer = createWriter(clock, (_, error) => assert.ifError(error))
  return { clock, messages, writer, outlet }
}

test('a frame that may wait leaves with the next one, in its place', async () => {
  const { clock, messages, writer, outlet } = recording()
  const agent = outlet()
  writer.sendLater(agent, ack(1))
  await clock.advance(limits.acknowledgementDelayMs - 1)
  assert.deepEqual(messages, [])
  writer.send(agent, cancel(2))
  writer.sendLater(agent, ack(3))
  await clock.advance(0)
  assert.deepEqual(messages, [['result_ack 1', 'cancel 2', 'result_ack 3']])
  await clock.advance(1)
  assert.equal(messages.length, 1)
})

test('alone it leaves when its time is over, and the clock is free again', async () => {
  const { clock, messages, writer, outlet } = recording()
  for (const agent of [outlet(), outlet()]) writer.sendLater(agent, ack(1))
  await clock.advance(limits.acknowledgementDelayMs)
  assert.deepEqual(messages, [['result_ack 1'], ['result_ack 1']])
  assert.equal(clock.pending(), 0)
})

test('as many as fill a message wait for nothing', async () => {
  const { clock, messages, writer, outlet } = recording()
  const agent = outlet()
  for (let n = 1; n <= limits.framesPerMessage; n++) writer.sendLater(agent, ack(n))
  await clock.advance(0)
  assert.equal(messages[0]?.length, limits.framesPerMessage)
})
