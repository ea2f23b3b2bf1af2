import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { newUuid } from '../ids.ts'
import { createEasing } from './easing.ts'

const clock = settableClock()
const call = (workspace_id: string, tool = 'work') => ({
  project_id: 'p',
  id: newUuid(clock.now()),
  workspace_id,
  tool,
})

/** How many of these go now. */
function goes(easing: ReturnType<typeof createEasing>, calls: ReturnType<typeof call>[]): number {
  let gone = 0
  for (const one of calls) {
    if (easing.slows(one) !== undefined) continue
    easing.spent(one)
    gone += 1
  }
  return gone
}

test('what was held back goes at the rate of the limit, whatever waits', async () => {
  const easing = createEasing(clock)
  const held = Array.from({ length: 3 * limits.resumedCallsPerSecond }, () => call('ws_1'))
  easing.began('p', [{ workspace_id: 'ws_1', tool: null }])
  let gone = 0
  for (let ms = 0; ms < 1000; ms += 50) {
    gone += goes(easing, held.slice(gone))
    await clock.advance(50)
  }
  assert.ok(gone <= limits.resumedCallsPerSecond && gone >= limits.resumedCallsPerSecond * 0.8, `${gone}`)
})

test('only calls that the pause was about are slowed, and none that came after it', async () => {
  const easing = createEasing(clock)
  const held = Array.from({ length: 100 }, () => call('ws_1'))
  easing.began('p', [{ workspace_id: 'ws_1', tool: 'work' }])
  assert.ok(goes(easing, held) < held.length)
  await clock.advance(1)
  for (const other of [call('ws_1'), call('ws_2'), call('ws_1', 'other'), { ...call('ws_1'), project_id: 'q' }])
    assert.equal(easing.slows(other), undefined)
})

test('time stands still for what is let go slowly, and runs again soon after nothing was slowed', async () => {
  const easing = createEasing(clock)
  const [first, ...others] = Array.from({ length: 100 }, () => call('ws_1'))
  assert.ok(first)
  easing.began('p', [{ workspace_id: 'ws_1', tool: null }])
  goes(easing, others)
  assert.ok(easing.isOn(first))
  await clock.advance(5_000)
  assert.equal(easing.isOn(first), false)
})

test('after a look at all that waits in its workspaces nothing is slowed any more', () => {
  const easing = createEasing(clock)
  const held = Array.from({ length: 100 }, () => call('ws_1'))
  easing.began('p', [{ workspace_id: 'ws_1', tool: null }])
  easing.looked('p', (id) => id === 'ws_2')
  assert.ok(goes(easing, held) < held.length)
  easing.looked('p', (id) => id === 'ws_1')
  assert.equal(goes(easing, held), held.length)
})
