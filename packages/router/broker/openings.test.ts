import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { createOpenings } from './openings.ts'

function line() {
  const clock = settableClock()
  /** The groups that are under way, each with what ends it. */
  const groups: { agents: string[]; end: () => void }[] = []
  const begun: string[][] = []
  const openings = createOpenings<string>(clock, (agents) => {
    begun.push(agents)
    return new Promise((resolve) => groups.push({ agents, end: resolve }))
  })
  const ask = (agentId: string, as = agentId) => openings.take(agentId, as)
  /** Ends the oldest group, after `ms`. */
  const end = async (ms = 0) => {
    await clock.advance(ms)
    groups.shift()?.end()
    await clock.advance(0)
  }
  return { clock, openings, begun, ask, end }
}
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `agent ${from + index}`)

test('who comes first is opened at once, and who comes meanwhile together and in order, two groups at a time', async () => {
  const { begun, ask, end } = line()
  for (const name of names(0, 100)) assert.equal(ask(name), undefined)
  assert.deepEqual(begun, [['agent 0'], ['agent 1']])
  await end()
  assert.deepEqual(begun.at(-1), names(2, 34))
  await end()
  assert.deepEqual(begun.at(-1), names(34, 66))
  assert.equal(begun.length, 4)
})

test('an agent that asks again keeps its place for its newer connection, and waits for the end of an older one', async () => {
  const { begun, ask, end } = line()
  for (const name of names(0, 4)) ask(name)
  ask('agent 2', 'agent 2 again')
  ask('agent 1', 'agent 1 again')
  await end()
  assert.deepEqual(begun.at(-1), ['agent 2 again', 'agent 3'], 'agent 1 is under way still')
  await end()
  assert.deepEqual(begun.at(-1), ['agent 1 again'])
})

test('a slow first opening says little of what those of a crowd will cost', async () => {
  const { ask, end } = line()
  ask('first')
  await end(1000)
  assert.deepEqual(
    names(0, 200).map((name) => ask(name)),
    Array.from({ length: 200 }),
  )
})

test('whoever would wait too long is told when to come back, each at another time, and finds room then', async () => {
  const { clock, openings, ask, end } = line()
  // Groups that take half a minute each: half a second an opening.
  for (let round = 0; round < 30; round++) {
    for (const name of names(0, 34)) ask(name)
    await end(0)
    await end(0)
    await end(32_000)
  }
  let stood = 0
  const told: number[] = []
  for (const name of names(0, 100)) {
    const ms = ask(name)
    if (ms === undefined) stood += 1
    else told.push(ms)
  }
  assert.ok(stood > 2 && stood < 20, `${stood} stand in line`)
  assert.equal(openings.size, stood)
  assert.ok(
    told.every((ms) => ms > 3_000 && ms <= 10_000),
    `${told}`,
  )
  // Spread over the time: in no second of it comes more than a third.
  const seconds = Object.values(Object.groupBy(told, (ms) => Math.floor(ms / 1000)))
  assert.ok(
    seconds.every((those) => those!.length < told.length / 3),
    `${told}`,
  )
  for (let group = 0; group < 3; group++) await end(1000)
  await clock.advance(told[0]!)
  assert.equal(ask('agent 99'), undefined)
})
