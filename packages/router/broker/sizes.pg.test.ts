// How much of what an agent sends is kept, over however many sessions it is sent.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { BareAgent } from '@xerotier/devkit/bare-agent.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import {
  artifactOf,
  enrolled,
  outputOf,
  ownRouter,
  refOf,
  renewal,
  resultOf,
  serving,
  show,
  submit,
  withDatabase,
} from './wire.fixture.ts'

ownRouter()

const piece = (letter: string) => new Uint8Array(Buffer.alloc(limits.outputFrameBytes, letter))
const inlinePieces = limits.outputInlineBytes / limits.outputFrameBytes

/** Sends pieces `from` to `to`, and returns when all are acknowledged. */
async function sendPieces(agent: BareAgent, call: CallRef, from: number, to: number, letter: string): Promise<void> {
  for (let seq = from; seq < to; seq++) await agent.send([outputOf(call, seq, piece(letter))])
  for (let seq = -1; seq < to - 1; ) seq = (await agent.next('output_ack')).seq
}

/** Another session, which takes the call over. */
async function reopen(agent: BareAgent, call: CallRef): Promise<void> {
  await agent.send([{ t: 'goodbye', reason: 'another session' }])
  await agent.open({ in_flight: [{ ...refOf(call), status: 'running' }] })
}

test('pieces that come again after a reconnect are not counted again', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  await sendPieces(agent, call, 0, 10, 'a')
  await reopen(agent, call)
  await sendPieces(agent, call, 0, inlinePieces, 'b')
  await agent.send([artifactOf(call, inlinePieces)])
  await reopen(agent, call)
  await agent.send([artifactOf(call, inlinePieces), resultOf(call)])
  await agent.next('result_ack')
  const execution = await show(id)
  assert.equal(execution.truncated, false)
  assert.equal(
    execution.stdout,
    'a'.repeat(10 * limits.outputFrameBytes) + 'b'.repeat((inlinePieces - 10) * limits.outputFrameBytes),
  )
})

test('a new session gives a call no more room in its record, and what was dropped is marked', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  for (let session = 0; session < 3; session++) {
    if (session > 0) await reopen(agent, call)
    await sendPieces(agent, call, session * inlinePieces, (session + 1) * inlinePieces, String(session))
  }
  await agent.send([resultOf(call)])
  await agent.next('result_ack')
  await withDatabase(async (db) => {
    const { rows } = await db.query(
      'select sum(octet_length(data))::int as bytes from execution_output where execution_id = $1',
      [id],
    )
    assert.equal(rows[0].bytes, limits.outputInlineBytes)
  })
  assert.equal((await show(id)).truncated, true)
})

test('output that does not fit inline costs no artifact, and is marked', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  const large = new Uint8Array(Buffer.alloc(60_000, 'x'))
  for (let seq = 0; seq < 18; seq++) await agent.send([outputOf(call, seq, large)])
  await agent.send([artifactOf(call, 18, large), artifactOf(call, 19, large), resultOf(call)])
  await agent.next('result_ack')
  const { stdout, artifacts, truncated } = await show(id)
  assert.deepEqual([stdout.length, artifacts[0]?.bytes, truncated], [17 * 60_000, 120_000, true])
})

test('an agent at its largest concurrency may have results waiting besides', async () => {
  const { agent } = await enrolled()
  const in_flight = Array.from({ length: limits.reportedCalls }, () => {
    return { execution_id: randomUUID(), attempt: 1, lease_epoch: 1, status: 'settled' }
  })
  const { forget } = await agent.open({ in_flight, max_concurrent_executions: limits.inFlightPerAgent })
  assert.equal(forget.length, limits.reportedCalls)
  await agent.send([renewal(agent, in_flight)])
  assert.equal((await agent.next('lease')).forget.length, limits.reportedCalls)
})

test('artifacts of earlier sessions count, each piece as the least at least', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  await agent.send([artifactOf(call, 0)])
  await agent.next('output_ack')
  await withDatabase(async (db) => {
    // As if all but one of the least had been sent.
    await db.query(
      `insert into artifact_chunks select id, number, 'x' from artifacts, generate_series(1, $2::int) number
       where execution_id = $1`,
      [id, limits.outputTotalBytes / limits.outputPieceLeastBytes - 2],
    )
  })
  await reopen(agent, call)
  const next = limits.outputTotalBytes / limits.outputPieceLeastBytes - 1
  await agent.send([artifactOf(call, next), artifactOf(call, next + 1), resultOf(call)])
  await agent.next('result_ack')
  const execution = await show(id)
  assert.deepEqual([execution.artifacts[0]?.bytes, execution.truncated], [next + 1, true])
})

test('one execution is shown with no more output than is kept inline, whatever is stored', async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  await withDatabase(async (db) => {
    await db.query(
      `insert into execution_output select $1, 1, number, 1 + number % 2, now(), convert_to(repeat('x', 65536), 'UTF8')
       from generate_series(0, 99) number`,
      [id],
    )
  })
  await agent.send([resultOf(call)])
  await agent.next('result_ack')
  const { stdout, stderr } = await show(id)
  assert.deepEqual([stdout.length, stderr.length], [limits.outputInlineBytes / 2, limits.outputInlineBytes / 2])
})

test('a result that is larger than its limit is not stored, and its call has failed', async () => {
  const { agent, workspace } = await serving()
  const waiting = submit(workspace, 't_read', 60)
  const call = await agent.next('dispatch')
  await agent.send([resultOf(call, { result: new Uint8Array(1024 * 1024) })])
  assert.equal((await agent.next('result_ack')).ok, true)
  const execution = await waiting
  assert.deepEqual([execution.state, execution.error?.code, execution.result], ['failed', 'execution_failed', null])
})
