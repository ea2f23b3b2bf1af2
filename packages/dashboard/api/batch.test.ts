import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { batched } from './batch.ts'

test('the first comes at once, and what comes soon after it comes together, until it is quiet', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const told: string[] = []
  const { add, stop } = batched<string>((items) => told.push(items.join('')), 50)
  for (const one of 'abc') add(one)
  assert.deepEqual(told, ['a'])
  mock.timers.tick(50)
  assert.deepEqual(told, ['a', 'bc'])
  add('d')
  mock.timers.tick(50)
  assert.deepEqual(told, ['a', 'bc', 'd'])
  mock.timers.tick(50)
  add('e')
  assert.deepEqual(told, ['a', 'bc', 'd', 'e'])
  add('f')
  stop()
  mock.timers.tick(50)
  assert.deepEqual(told, ['a', 'bc', 'd', 'e'])
  mock.timers.reset()
})
