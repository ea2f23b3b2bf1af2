import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from './turns.ts'

test('as much as has room begins at once, and the rest in the order of its coming as something ends', async () => {
  const turns = createTurns(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const taken = [0, 1, 2, 3].map((n) =>
    turns.take(() => {
      begun.push(n)
      return new Promise<number>((resolve) => ends.push(() => resolve(n)))
    }),
  )
  assert.deepEqual(begun, [0, 1])
  ends[1]!()
  assert.equal(await taken[1], 1)
  assert.deepEqual(begun, [0, 1, 2])
  ends[0]!()
  await taken[0]
  assert.deepEqual(begun, [0, 1, 2, 3])
  for (const end of ends) end()
  assert.deepEqual(await Promise.all(taken), [0, 1, 2, 3])
})

test('work that fails tells its owner and gives its place to the next', async () => {
  const turns = createTurns(1)
  const failing = turns.take(() => Promise.reject(new Error('no')))
  const next = turns.take(async () => 'yes')
  await assert.rejects(failing, /no/)
  assert.equal(await next, 'yes')
  assert.equal(await turns.take(async () => 'again'), 'again')
})
