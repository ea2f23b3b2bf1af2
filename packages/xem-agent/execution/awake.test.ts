import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { createAwake } from './awake.ts'

test('a deadline that is given up holds no timer, and so nothing of its call', () => {
  const clock = settableClock()
  const awake = createAwake(clock)
  const deadlines = Array.from({ length: 100 }, () => awake.after(30_000, () => {}))
  const toLook = 1
  assert.equal(clock.pending(), 100 + toLook)
  for (const giveUp of deadlines) giveUp()
  assert.equal(clock.pending(), toLook)
})
