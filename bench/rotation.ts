// Keys of agents and router are replaced again and again while many calls run. What is counted is
// what nobody may lose: each call, once; and what nobody may keep: an old key.
import { ApiError } from '@xerotier/client/api-error.ts'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { dial } from '@xerotier/devkit/dial.ts'
import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import type { Bench } from './bench.ts'
import { quantile } from './closed-loop.ts'
import type { Report } from './figure.ts'
import { type LightAgent, startLightAgent } from './processes/light-agent.ts'
import { type RouterUnderTest, startRouter } from './system.ts'

const agents = 10
const rounds = 10
const atATime = 4
const callsPerSecond = 50
/** With so many a second: 200 in flight. */
const runsMs = 4_000
const overlapSeconds = 2
const workspace = 'rotation'
const tool = 'bench_hold'

export async function measureRotation({ cleanup, programs }: Bench): Promise<Report> {
  const env = { ...programs.router?.env, XEROTIER_KEY_OVERLAP_SECONDS: String(overlapSeconds) }
  const router = await startRouter(cleanup, { ...programs.router, env })
  const fleet = await startFleet(router)
  const load = startCalls(router)
  await pause(runsMs)
  const routerKeys = new Set([...fleet.values()].map(keyOfRouter))
  const cutOverMs: number[] = []
  const stillAdmittedMs: number[] = []
  const inFlight: number[] = []
  const watching: Promise<void>[] = []
  let offline = 0
  for (let round = 0; round < rounds; round++) {
    const before = new Map([...fleet].map(([name, agent]) => [name, agent.credentials.current]))
    const waiting = [...fleet.keys()]
    const [first] = waiting
    const rotateNext = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const from = performance.now()
        const rotation = await rotate(router, name, `round ${round}`, () => void offline++)
        cutOverMs.push(performance.now() - from)
        inFlight.push(load.inFlight())
        const [agent, old] = [fleet.get(name), before.get(name)]
        if (name === first && agent !== undefined && old !== undefined)
          watching.push(untilRefused(agent, old.curve, rotation).then((ms) => void stillAdmittedMs.push(ms)))
      }
    }
    await Promise.all(Array.from({ length: atATime }, rotateNext))
    for (const agent of fleet.values()) routerKeys.add(keyOfRouter(agent))
    // Two keys of the router count at most: the next round makes one once the older is gone.
    await untilClosed(before.get(first ?? ''))
  }
  await Promise.all(watching)
  const made = await load.end()
  const { lost, attempts } = await whatBecame(router, made)
  const begun = made.map((id) => [...fleet.values()].reduce((sum, agent) => sum + (agent.begun.get(id) ?? 0), 0))
  return {
    figures: [
      {
        name: 'rotations of agents, cut over',
        value: cutOverMs.length,
        unit: '',
        target: { atLeast: agents * rounds },
      },
      { name: 'rotations of the router', value: routerKeys.size - 1, unit: '', target: { atLeast: rounds } },
      { name: '  asked while the agent was between two sessions', value: offline, unit: '' },
      { name: 'calls meanwhile', value: made.length, unit: '' },
      {
        name: '  a second',
        value: made.length / load.seconds(),
        unit: '/s',
        target: { atLeast: callsPerSecond * 0.95 },
      },
      { name: '  in flight at a cut-over, median', value: quantile(inFlight, 0.5), unit: '', target: { atLeast: 200 } },
      { name: '  lost', value: lost, unit: '', target: { atMost: 0 } },
      { name: '  begun twice', value: begun.filter((count) => count > 1).length, unit: '', target: { atMost: 0 } },
      { name: '  given out a second time, never begun before', value: attempts.filter((n) => n > 1).length, unit: '' },
      { name: 'request -> cut-over, median', value: quantile(cutOverMs, 0.5), unit: 'ms' },
      { name: 'request -> cut-over, worst', value: quantile(cutOverMs, 1), unit: 'ms' },
      {
        name: 'old key let in after the overlap, worst',
        value: Math.max(0, quantile(stillAdmittedMs, 1)),
        unit: 'ms',
        target: { atMost: 1_000 },
      },
    ],
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))
const keyOfRouter = ({ credentials }: LightAgent) => credentials.current.router.curve_public_key

async function startFleet({ client }: RouterUnderTest): Promise<Map<string, LightAgent>> {
  const log = createLog({ level: 'error', name: 'agents' })
  // At most once, and asked of nobody: one that is begun twice would be seen.
  const manifest = manifestOf([toolOf(tool, { risk: 'write' })])
  const fleet = new Map<string, LightAgent>()
  await client.call('workspaces.create', { body: { name: workspace } })
  for (let n = 0; n < agents; n++) {
    const name = `bench-rotated-${n}`
    fleet.set(name, await startLightAgent({ client, log, name, manifest, runsMs }))
    await client.call('workspaces.bind', { params: { id: workspace }, body: { agent: name } })
  }
  return fleet
}

/** Calls at a steady rate, until the end. */
function startCalls({ client }: RouterUnderTest) {
  const made: string[] = []
  const begunAt: number[] = []
  let ending = false
  let seconds = 0
  const from = performance.now()
  const submitting = new Set<Promise<void>>()
  const loop = (async () => {
    for (let n = 0; !ending; n++) {
      await pause(from + (n * 1000) / callsPerSecond - performance.now())
      const one = client
        .call('invocations.submit', { body: { workspace, tool, args: {} }, idempotencyKey: `rotation-${n}` })
        .then(({ id }) => {
          made.push(id)
          begunAt.push(performance.now())
        })
      submitting.add(one)
      void one.finally(() => submitting.delete(one))
    }
    await Promise.all(submitting)
  })()
  return {
    seconds: () => seconds,
    inFlight: () => begunAt.filter((at) => at > performance.now() - runsMs).length,
    async end() {
      ending = true
      seconds = (performance.now() - from) / 1000
      await loop
      await pause(runsMs)
      return made
    },
  }
}

/** Calls that have not completed a minute after the last. */
async function whatBecame({ client }: RouterUnderTest, made: readonly string[]) {
  let lost = 0
  const attempts: number[] = []
  const until = performance.now() + 60_000
  for (const id of made) {
    for (;;) {
      const { state, attempt, finished_at } = await client.call('executions.show', { params: { id } })
      if (finished_at === null && performance.now() < until) {
        await pause(100)
        continue
      }
      if (state !== 'completed') lost += 1
      attempts.push(attempt)
      break
    }
  }
  return { lost, attempts }
}

/** Its rotation, cut over. @param metOffline told when the agent is between two sessions */
async function rotate(
  { client }: RouterUnderTest,
  id: string,
  reason: string,
  metOffline: () => void,
): Promise<Rotation> {
  const until = performance.now() + 60_000
  for (;;) {
    try {
      const rotation = await client.call('agents.curveRotate', {
        params: { id },
        query: { wait: 60 },
        body: { reason },
      })
      if (rotation.completed_at !== null) return rotation
      throw new Error(`${id} was not rotated: ${rotation.because}`)
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409) || performance.now() > until) throw error
      metOffline()
      await pause(250)
    }
  }
}

/** How long after its overlap an old key is still let in, ms. */
async function untilRefused(agent: LightAgent, old: CurveKeyPair, { old_key_until }: Rotation): Promise<number> {
  const endsAt = Date.parse(old_key_until ?? '')
  for (let admittedAt = endsAt; ; ) {
    const asked = Date.now()
    // The endpoint of the moment may be on its way out: only its answer counts.
    const answer = await dial(old, agent.credentials.current.router, 1_000).catch(() => undefined)
    if (answer === 'admitted') admittedAt = Math.max(admittedAt, asked)
    if (answer === 'refused') return admittedAt - endsAt
    await pause(20)
  }
}

async function untilClosed(way: LightAgent['credentials']['current'] | undefined): Promise<void> {
  if (way === undefined) return
  while ((await dial(way.curve, way.router, 1_000).catch(() => undefined)) !== 'closed') await pause(50)
}
