// How the last day was: small curves, what became of its calls, and which tools fail.
import type { HealthHistory } from '@xerotier/protocol/api/dashboard.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { insertGauges, selectActivity, selectGauges } from '../../store/gauges.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'

const dayMs = 86_400_000
const keptMs = 2 * dayMs
const toolsShown = 5

export async function healthHistory({ store, clock }: Records, { projectId }: Member): Promise<HealthHistory> {
  const since = new Date(clock.now() - dayMs)
  const [points, rows] = await Promise.all([
    selectGauges(store.db, projectId, since),
    selectActivity(store.db, projectId, since, limits.activityCalls),
  ])
  const by_state: HealthHistory['activity']['by_state'] = {}
  const tools = new Map<string, { tool: string; calls: number; failed: number }>()
  for (const { tool, state, calls } of rows) {
    by_state[state] = (by_state[state] ?? 0) + calls
    const one = tools.get(tool) ?? { tool, calls: 0, failed: 0 }
    one.calls += calls
    if (state === 'failed' || state === 'timeout' || state === 'ambiguous') one.failed += calls
    tools.set(tool, one)
  }
  const calls = rows.reduce((sum, row) => sum + row.calls, 0)
  return {
    object: 'health_history',
    since: since.toISOString(),
    points: points.map(({ at, ...point }) => ({ at: at.toISOString(), ...point })),
    activity: {
      calls,
      truncated: calls >= limits.activityCalls,
      by_state,
      failing_tools: [...tools.values()]
        .filter(({ failed }) => failed > 0)
        .sort((a, b) => b.failed - a.failed || a.tool.localeCompare(b.tool))
        .slice(0, toolsShown),
    },
  }
}

/** Once a minute, of every project. */
export async function recordGauges(core: Records & FleetView): Promise<void> {
  const fleet = new Map<string, { project: string; online: number; active: number }>()
  for (const { projectId, inFlight } of core.fleet.all()) {
    const one = fleet.get(projectId) ?? { project: projectId, online: 0, active: 0 }
    one.online += 1
    one.active += inFlight.size
    fleet.set(projectId, one)
  }
  await write(core, async ({ tx, now }) => {
    await insertGauges(tx, now, [...fleet.values()])
    await tx
      .deleteFrom('gauges')
      .where('at', '<', new Date(now.getTime() - keptMs))
      .execute()
  })
}
