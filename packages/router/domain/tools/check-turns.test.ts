import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { countSteps, inTurn } from './check-turns.ts'

/** Counts the turns of the event loop until the test ends. */
function countTurns(t: TestContext): () => number {
  let turns = 0
  let immediate: NodeJS.Immediate
  const next = () => {
    turns += 1
    immediate = setImmediate(next)
  }
  immediate = setImmediate(next)
  t.after(() => clearImmediate(immediate))
  return () => turns
}

test('checks that cost much wait for their turn, in order, and cheap ones do not', async (t) => {
  const turns = countTurns(t)
  const check = (nth: number, steps: number) => () => {
    countSteps(steps)
    return { nth, turn: turns() }
  }
  assert.ok(!(inTurn(check(0, 1)) instanceof Promise))
  const dear = limits.schemaStepsPerTurn
  const checks = await Promise.all([1, 2, 3, 4].map((nth) => inTurn(check(nth, dear))))
  assert.deepEqual(
    checks.map(({ nth }) => nth),
    [1, 2, 3, 4],
  )
  const each = new Set(checks.map(({ turn }) => turn))
  assert.equal(each.size, 4, 'one a turn')
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  const cheap = await Promise.all(Array.from({ length: 100 }, (_, nth) => inTurn(check(nth, 100))))
  assert.equal(new Set(cheap.map(({ turn }) => turn)).size, 1)
})

test('a check that throws fails its own call, and the next one has its turn', async () => {
  countSteps(limits.schemaStepsPerTurn)
  const failing = inTurn(() => {
    throw new Error('mine')
  })
  const next = inTurn(() => 'mine too')
  await assert.rejects(async () => failing, { message: 'mine' })
  assert.equal(await next, 'mine too')
})
