// The router's own key goes with the rotations of its agents: its endpoint closes once nobody needs
// it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AgentForTests } from './agent-for-tests.ts'
import { dial } from './dial.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { credentialsOf } from './rotated-keys.ts'
import { shiftedClock } from './shifted-clock.ts'
import { type System, startSystem } from './system.ts'

const clock = shiftedClock()
const overlapMs = 3_600_000
let system: System
let agents: AgentForTests[]
before(async () => {
  system = await startSystem({ clock, settings: { keyOverlapMs: overlapMs, leaseIntervals: 1_000 } })
  agents = [await system.addAgent({ name: 'first' }), await system.addAgent({ name: 'second' })]
})
after(() => system.stop())

const rotate = (id: string) =>
  system.client.call('agents.curveRotate', {
    params: { id },
    query: { wait: Math.floor(patienceMs / 1000) },
    body: {},
  })

test('an agent that is away keeps the endpoint for the overlap alone, and finds the other when it comes back', async () => {
  const [first, second] = agents as [AgentForTests, AgentForTests]
  const [old, away] = [credentialsOf(first), credentialsOf(second)]
  await second.leave()
  await until('it to be away', async () => {
    const { health } = await system.client.call('agents.show', { params: { id: 'second' } })
    return health === 'offline' ? true : undefined
  })
  assert.equal((await rotate('first')).state, 'completed')
  assert.equal(await dial(away.curve, old.router), 'admitted', 'it may come back to the endpoint that it knows')
  clock.shift(overlapMs + 1)
  await until('the endpoint to close', async () =>
    (await dial(away.curve, old.router)) === 'closed' ? true : undefined,
  )
  await second.restart()
  await system.untilHealthy(second)
  const [now, newcomer] = [credentialsOf(first), credentialsOf(second)]
  assert.deepEqual(newcomer.router, now.router)
  assert.equal(newcomer.curve.publicKey, away.curve.publicKey, 'its own key was not rotated')
})
