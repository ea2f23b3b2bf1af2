import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createWindow } from './window.ts'

test('never lets more than the limit into any window, whatever the pattern', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }),
      (requests, gaps) => {
        const window = createWindow(requests, 1000)
        const taken: number[] = []
        let now = 1_000_000
        for (const gap of gaps) {
          now += gap
          if (window.take(now) === 0) taken.push(now)
        }
        for (const start of taken) {
          assert.ok(taken.filter((at) => at >= start && at < start + 1000).length <= requests)
        }
      },
    ),
  )
})

test('lets a request in after the wait that it named', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1 }),
      (requests, gaps) => {
        const window = createWindow(requests, 1000)
        let now = 5_000
        for (const gap of gaps) {
          now += gap
          const wait = window.take(now)
          if (wait > 0) {
            assert.ok(wait >= 1 && wait <= 1000 * (61 / 60) + 1)
            now += wait
            assert.equal(window.take(now), 0)
          }
        }
      },
    ),
  )
})

test('says what is left, and whether it is full, without counting', () => {
  const window = createWindow(2, 1000)
  assert.equal(window.remaining(), 2)
  window.take(0)
  assert.deepEqual([window.remaining(), window.full(0)], [1, false])
  window.take(0)
  assert.deepEqual([window.remaining(), window.full(0), window.full(2000)], [0, true, false])
})
