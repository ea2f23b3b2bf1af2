import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { createGuard } from './guard.ts'

const waste = (guard: ReturnType<typeof createGuard>, connection: string, times: number) =>
  Array.from({ length: times }, () => guard.spend(connection, 1)).filter(Boolean).length

test('a connection that wastes what it may is not read for a while, and others are', async () => {
  const clock = settableClock()
  const guard = createGuard(clock)
  assert.equal(waste(guard, 'one', limits.wastePerConnection - 1), 0)
  assert.equal(guard.isMuted('one'), false)
  assert.equal(waste(guard, 'one', 1), 1)
  assert.equal(guard.isMuted('one'), true)
  assert.equal(guard.isMuted('other'), false)
  await clock.advance(10_000)
  assert.equal(guard.isMuted('one'), false)
})

test('what is wasted now and then is forgiven', async () => {
  const clock = settableClock()
  const guard = createGuard(clock)
  for (let minute = 0; minute < 60; minute++) {
    assert.equal(waste(guard, 'one', limits.wastePerConnection / 2), 0)
    await clock.advance(60_000)
  }
})

test('an agent that does it again waits twice as long for a session, up to ten minutes', async () => {
  const clock = settableClock()
  const guard = createGuard(clock)
  const waits: number[] = []
  for (let round = 0; round < 9; round++) {
    waits.push(guard.ban('agt_one'))
    assert.equal(guard.bannedFor('agt_one'), waits.at(-1))
    await clock.advance(waits.at(-1)!)
    assert.equal(guard.bannedFor('agt_one'), undefined)
  }
  assert.deepEqual(waits.slice(0, 3), [10_000, 20_000, 40_000])
  assert.equal(waits.at(-1), 600_000)
  await clock.advance(3_600_000)
  assert.equal(guard.ban('agt_one'), 10_000)
})
