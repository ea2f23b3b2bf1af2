import assert from 'node:assert/strict'
import { test } from 'node:test'
import { every } from '@xerotier/runtime/clock.ts'
import { settableClock } from './settable-clock.ts'

test('time stands still until it is advanced', async () => {
  const clock = settableClock(1000)
  let rang = false
  clock.after(10, () => {
    rang = true
  })
  assert.equal(clock.now(), 1000)
  await clock.advance(9)
  assert.equal(rang, false)
  await clock.advance(1)
  assert.equal(rang, true)
  assert.equal(clock.now(), 1010)
})

test('timers run in the order of their times and see their own time', async () => {
  const clock = settableClock(0)
  const seen: string[] = []
  clock.after(20, () => seen.push(`b@${clock.now()}`))
  clock.after(10, () => seen.push(`a@${clock.now()}`))
  clock.after(20, () => seen.push(`c@${clock.now()}`))
  await clock.advance(100)
  assert.deepEqual(seen, ['a@10', 'b@20', 'c@20'])
})

test('a cancelled timer never runs', async () => {
  const clock = settableClock()
  clock.after(1, () => assert.fail('ran')).cancel()
  await clock.advance(10)
  assert.equal(clock.pending(), 0)
})

test('a timer that a callback sets runs within the same advance', async () => {
  const clock = settableClock()
  let beats = 0
  const timer = every(clock, 10, async () => {
    beats += 1
    await Promise.resolve()
  })
  await clock.advance(100)
  assert.equal(beats, 10)
  timer.cancel()
})

test('work that takes real time keeps the next timer waiting', async () => {
  const clock = settableClock(0)
  const seen: string[] = []
  const timer = every(clock, 10, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    seen.push(`worked@${clock.now()}`)
  })
  clock.after(11, () => seen.push(`rang@${clock.now()}`))
  await clock.advanceThroughWork(20)
  assert.deepEqual(seen, ['worked@10', 'rang@11', 'worked@20'])
  timer.cancel()
})
