import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { Binding, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { onlineAgent, serving } from './online-agent.fixture.ts'
import { type OnlineAgent, runsAsSubmitted, type Standing, takes, variantOf } from './online-agent.ts'
import { severityOf } from './stricter.ts'

/** The same numbers for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const workspaces = ['ws_1', 'ws_2', 'ws_3']
const names = ['look', 'work', 'kill']

/** A fleet to which things happen in an order of chance. */
function world(seed: number, size: number) {
  const clock = settableClock()
  const chance = chanceOf(seed)
  const fleet = createFleet(clock, chance)
  const below = (n: number) => Math.floor(chance() * n)
  const oneOf = <T>(list: readonly T[]) => list[below(list.length)]!
  const some = <T>(list: readonly T[]) => list.filter(() => chance() < 0.6)
  const online = new Map<string, OnlineAgent>()

  const tools = () => new Map(some(names).map((name) => [name, toolFor(name)]))
  function toolFor(name: string): ToolDescriptor {
    const credentials = chance() < 0.2 ? { ref: 'prod', optional: false } : null
    return toolOf(name, { risk: oneOf(risks.slice(0, 3)), idempotent: chance() < 0.5, credentials })
  }
  const bindings = () =>
    new Map<string, Binding>(
      some(workspaces).map((id) => [
        id,
        { workspace_id: id, workspace: id, type: 'generic', credentials_ref: chance() < 0.1 ? 'other' : null },
      ]),
    )
  const paused = () => new Set(some([null, ...workspaces]).filter(() => chance() < 0.2))
  const leaseUntil = () => clock.monotonic() + 1_000 * below(30)

  const happenings: ((agent: OnlineAgent) => unknown)[] = [
    (agent) => fleet.change(agent, { tools: tools() }),
    (agent) => fleet.change(agent, { bindings: bindings() }),
    (agent) => fleet.change(agent, { paused: paused() }),
    (agent) => fleet.change(agent, { draining: chance() < 0.1, unfit: chance() < 0.1 ? 'no' : undefined }),
    (agent) => fleet.change(agent, { leaseUntil: leaseUntil() }),
    (agent) => fleet.rest(agent, below(2_000)),
    (agent) => clock.advance(below(500)).then(() => agent),
    (agent) => {
      if (!fleet.leave(agent)) return
      online.delete(agent.id)
    },
    ...Array.from({ length: 4 }, () => (agent: OnlineAgent) => {
      const [id] = agent.inFlight
      if (id === undefined) return
      agent.inFlight.delete(id)
      fleet.freed(agent)
    }),
  ]

  function join(): void {
    const agent = onlineAgent(`xem-${below(size)}`, [...tools().values()], {
      bindings: bindings(),
      paused: paused(),
      maxConcurrent: 1 + below(3),
      leaseUntil: leaseUntil(),
    })
    online.delete(agent.id)
    online.set(agent.id, agent)
    fleet.join(agent)
  }

  return { clock, fleet, online, chance, below, oneOf, join, happen: (agent: OnlineAgent) => oneOf(happenings)(agent) }
}

test('over random histories the fleet finds what a walk over all its agents finds', async () => {
  let given = 0
  let refused = 0
  for (const [seed, size] of [3, 6, 30, 120].entries()) {
    const { clock, fleet, online, below, oneOf, join, happen } = world(seed + 1, size)
    for (let step = 0; step < 4_000; step++) {
      if (online.size === 0 || below(6) === 0) join()
      else await happen(oneOf([...online.values()]))

      const [workspaceId, tool] = [oneOf(workspaces), oneOf(names)]
      const living = [...online.values()].filter((agent) => agent.leaseUntil > clock.monotonic())
      const offering = living.flatMap((agent) => {
        const [offered, binding] = [agent.tools.get(tool), agent.bindings.get(workspaceId)]
        return offered === undefined || binding === undefined ? [] : [{ agent, tool: offered, binding }]
      })
      const strictest = fleet.strictest('p', workspaceId, tool)
      assert.equal(
        strictest && severityOf(strictest.tool),
        offering.length === 0 ? undefined : Math.max(...offering.map((offer) => severityOf(offer.tool))),
      )
      if (strictest === undefined) continue
      const call = { project_id: 'p', workspace_id: workspaceId, tool, ...variantOf(strictest.tool, strictest.binding) }
      assert.ok(fleet.offers(call))
      assert.equal(fleet.offers({ ...call, schema_digest: 'other' }), false)

      const now = clock.monotonic()
      const free = living.filter(
        (agent) => takes(agent, workspaceId) && agent.inFlight.size < agent.maxConcurrent && agent.restsUntil <= now,
      )
      const room = free.reduce((sum, agent) => sum + agent.maxConcurrent - agent.inFlight.size, 0)
      assert.equal(fleet.room('p', workspaceId, 1_000), room)
      const able = free.filter((agent) => runsAsSubmitted(agent, call))
      const chosen = fleet.choose(call)
      assert.equal(chosen === undefined, able.length === 0, `step ${step} of ${size} agents`)
      if (chosen === undefined) {
        refused += 1
        continue
      }
      assert.ok(able.includes(chosen))
      const load = (agent: OnlineAgent) => agent.inFlight.size / agent.maxConcurrent
      if (able.length === 1 || size <= 6) assert.equal(load(chosen), Math.min(...able.map(load)))
      if (below(3) > 0) {
        chosen.inFlight.add(`${step}`)
        given += 1
      }
    }
  }
  assert.ok(given > 1_000 && refused > 300, `${given} calls were given and ${refused} found nobody`)
})

test('what a choice costs does not grow with the fleet, also while nearly all of it is busy', () => {
  const clock = settableClock()
  const chance = chanceOf(7)
  const fleet = createFleet(clock, chance)
  let looks = 0
  const counted = (changes: Partial<Standing>) => ({
    ...changes,
    get restsUntil() {
      looks += 1
      return 0
    },
  })
  const size = 3_000
  for (let n = 0; n < size; n++) {
    const agent = onlineAgent(`xem-${n}`, [toolOf('work')])
    Object.defineProperties(agent, Object.getOwnPropertyDescriptors(counted({ bindings: serving('ws_1') })))
    fleet.join(agent)
  }
  const { tool, binding } = fleet.strictest('p', 'ws_1', 'work')!
  const call = { project_id: 'p', workspace_id: 'ws_1', tool: 'work', ...variantOf(tool, binding) }
  const given: OnlineAgent[] = []
  const give = (calls: number) => {
    for (let n = 0; n < calls; n++) {
      const agent = fleet.choose(call)!
      agent.inFlight.add(`${given.length}`)
      given.push(agent)
    }
  }
  give(1_000)
  assert.ok(looks <= 8_000, `${looks} looks for 1,000 calls`)
  const spread = new Set(given).size
  assert.ok(spread > 950, `1,000 calls went to ${spread} of ${size} agents`)

  give(size * 2 - given.length)
  assert.equal(fleet.choose(call), undefined)
  looks = 0
  for (let n = 0; n < 1_000; n++) {
    const agent = given[n]!
    agent.inFlight.delete(`${n}`)
    fleet.freed(agent)
    assert.equal(fleet.choose(call), agent, 'the one place that is free is found')
    agent.inFlight.add(`${n}`)
  }
  assert.ok(looks <= 4_000, `${looks} looks for 1,000 calls in a full fleet`)
})

function fleetOf(...agents: OnlineAgent[]): Fleet {
  const fleet = createFleet(settableClock(), () => 0)
  for (const agent of agents) fleet.join(agent)
  return fleet
}

test('a call for the last tool that an agent of the workspace offered finds nobody once it offers it no more', () => {
  const agent = onlineAgent('xem-1', [toolOf('work')], { bindings: serving('ws_1') })
  const fleet = fleetOf(agent)
  assert.equal(fleet.strictest('p', 'ws_1', 'work')?.tool.name, 'work')
  assert.ok(fleet.takesCalls('p', 'ws_1', 'work'))
  fleet.change(agent, { paused: new Set([null]) })
  assert.ok(fleet.strictest('p', 'ws_1', 'work') !== undefined && !fleet.takesCalls('p', 'ws_1', 'work'))
  fleet.change(agent, { tools: new Map() })
  assert.equal(fleet.strictest('p', 'ws_1', 'work'), undefined)
})

test('an agent of another session takes the place of the one before it', () => {
  const [before, after] = [1, 2].map(() => onlineAgent('xem-1', [toolOf('work')], { bindings: serving('ws_1') }))
  const fleet = fleetOf(before!, after!)
  const { tool, binding } = fleet.strictest('p', 'ws_1', 'work')!
  const call = { project_id: 'p', workspace_id: 'ws_1', tool: 'work', ...variantOf(tool, binding) }
  assert.equal(fleet.choose(call), after)
  assert.equal(fleet.leave(before!), false)
  fleet.change(before!, { bindings: new Map() })
  assert.equal(fleet.choose(call), after)
})
