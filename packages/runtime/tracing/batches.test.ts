import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { createBatches, type SpanChunk } from './batches.ts'

const chunk = (count: number): SpanChunk => ({ count, bytes: new Uint8Array() })

function sending() {
  const clock = settableClock()
  const sent: number[][] = []
  const answers: (() => void)[] = []
  const batches = createBatches(clock, { delayMs: 1_000, batchSpans: 10 }, (batch) => {
    sent.push(batch.map(({ count }) => count))
    return new Promise((resolve) => answers.push(resolve))
  })
  return {
    clock,
    sent,
    batches,
    async answer() {
      answers.shift()?.()
      await clock.advance(0)
    },
  }
}

test('spans leave when their time is over, or when they fill a batch, one request after the other', async () => {
  const { clock, sent, batches, answer } = sending()
  batches.put(chunk(3))
  await clock.advance(999)
  assert.deepEqual(sent, [])
  await clock.advance(1)
  assert.deepEqual(sent, [[3]])
  for (const count of [6, 4, 6, 1]) batches.put(chunk(count))
  assert.deepEqual(sent, [[3]], 'the collector has not answered')
  await answer()
  assert.deepEqual(sent, [[3], [6, 4]])
  await answer()
  assert.deepEqual(sent, [[3], [6, 4]], 'what is left is no batch, and not due')
  await clock.advance(1_000)
  assert.deepEqual(sent.at(-1), [6, 1])
})

test('at the end all leave, in as many requests as it takes', async () => {
  const { sent, batches, answer } = sending()
  for (const count of [9, 9, 1]) batches.put(chunk(count))
  const closed = batches.close()
  await answer()
  await answer()
  await closed
  assert.deepEqual(sent, [[9], [9, 1]])
})
