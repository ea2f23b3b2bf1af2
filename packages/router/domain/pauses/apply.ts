// What was paused or resumed on record becomes true in memory, before anybody is told that it is.
import type { PauseTarget } from '../../store/pauses.ts'
import { selectPausesEndedSince, selectServed } from '../../store/pauses.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { tellPauses } from '../fleet/pauses.ts'
import type { Reach } from '../fleet/stops.ts'
import type { Records } from '../records.ts'

/** From here on no dispatch leaves that the record does not want. */
export async function applyPauses(
  core: Records & FleetView,
  projectId: string,
  targets: readonly PauseTarget[],
): Promise<void> {
  if (targets.some(({ agent_id }) => agent_id === null)) await core.fleet.stops.refresh(core, projectId)
  const agents = new Set(targets.map(({ agent_id }) => agent_id).filter((id) => id !== null))
  for (const id of agents) await tellPauses(core, projectId, id)
}

/** The same for pauses that ended: what they held back goes on, oldest first, not all at once. */
export async function applyResumes(
  core: Records & FleetView & Pick<Attempts, 'dispatcher'>,
  projectId: string,
  ended: readonly PauseTarget[],
): Promise<void> {
  if (ended.length === 0) return
  const reaches = await Promise.all(ended.map((target) => reachesOf(core, target)))
  core.dispatcher.ease(projectId, reaches.flat())
  await applyPauses(core, projectId, ended)
  core.dispatcher.wake(projectId)
}

/** Nothing waits for longer after the end of a pause, even slowly. */
const easedMs = 3_600_000

/** For a router that starts: what pauses held back that ended lately still goes slowly. */
export async function easeEarlier(core: Records & Pick<Attempts, 'dispatcher'>): Promise<void> {
  const since = new Date(core.clock.now() - easedMs)
  for (const pause of await selectPausesEndedSince(core.store.db, since))
    core.dispatcher.ease(pause.project_id, await reachesOf(core, pause), pause.ended_at ?? undefined)
}

async function reachesOf({ store }: Pick<Records, 'store'>, target: PauseTarget): Promise<Reach[]> {
  const { agent_id, workspace_id, tool } = target
  if (agent_id === null || workspace_id !== null) return [{ workspace_id, tool }]
  return (await selectServed(store.db, agent_id)).map((served) => ({ ...served, tool: null }))
}
