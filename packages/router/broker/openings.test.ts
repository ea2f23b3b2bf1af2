import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { createOpenings } from './openings.ts'

function line() {
  const clock = settableClock()
  const openings = createOpenings(clock)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (agentId: string, as = agentId) =>
    openings.take(agentId, () => {
      begun.push(as)
      return new Promise((resolve) => ends.set(agentId, resolve))
    })
  /** Ends what is under way, each after `ms`. */
  const end = async (agentId: string, ms = 0) => {
    await clock.advance(ms)
    ends.get(agentId)?.()
    await clock.advance(0)
  }
  return { clock, openings, begun, ask, end }
}
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `agent ${from + index}`)

test('eight sessions are opened at a time, the others in the order in which they asked', async () => {
  const { begun, ask, end } = line()
  for (const name of names(0, 12)) assert.equal(ask(name), undefined)
  assert.deepEqual(begun, names(0, 8))
  await end('agent 3')
  await end('agent 1')
  assert.deepEqual(begun, names(0, 10))
})

test('an agent that asks again keeps its place for its newer connection, and waits for the end of an older one', async () => {
  const { begun, ask, end } = line()
  for (const name of names(0, 10)) ask(name)
  ask('agent 8', 'agent 8 again')
  ask('agent 0', 'agent 0 again')
  await end('agent 5')
  assert.equal(begun.at(-1), 'agent 8 again')
  await end('agent 6')
  await end('agent 7')
  assert.deepEqual(begun.slice(8), ['agent 8 again', 'agent 9'], 'agent 0 is under way still')
  await end('agent 0')
  assert.equal(begun.at(-1), 'agent 0 again')
})

test('whoever would wait too long is told when to come back, each a little later, and finds room then', async () => {
  const { clock, openings, ask, end } = line()
  // Openings that take a second each.
  for (let round = 0; round < 30; round++) {
    ask('slow')
    await end('slow', 1000)
  }
  let stood = 0
  const told: number[] = []
  for (const name of names(0, 100)) {
    const ms = ask(name)
    if (ms === undefined) stood += 1
    else told.push(ms)
  }
  assert.ok(stood > 8 && stood < 50, `${stood} stand in line`)
  assert.equal(openings.size, stood)
  assert.ok(told[0]! > 3000 && told.every((ms, index) => index === 0 || ms > told[index - 1]!), `${told}`)
  assert.ok(told.at(-1)! < 20_000, `the last of 100 comes back after ${told.at(-1)} ms`)
  for (const name of names(0, stood)) await end(name, 125)
  await clock.advance(told[0]!)
  assert.equal(ask('agent 99'), undefined)
})
