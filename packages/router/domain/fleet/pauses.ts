import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { type PauseRow, selectPauses } from '../../store/agents.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'

/** What is paused of an agent, from the record: workspace ids, and null for all. */
export async function pausesOf({ store }: Pick<Records, 'store'>, agentId: string): Promise<(string | null)[]> {
  const pauses = await selectPauses(store.db, [agentId])
  return pauses.map((pause) => pause.workspace_id)
}

/** Brings an online agent, and the fleet's view of it, in line with the recorded pauses. */
export async function tellPauses(
  core: Pick<Records, 'store'> & FleetView,
  projectId: string,
  agentId: string,
): Promise<void> {
  await core.fleet.get(projectId, agentId)?.inTurn(async (agent) => {
    const paused = new Set(await pausesOf(core, agentId))
    if (paused.symmetricDifference(agent.paused).size === 0) return
    core.fleet.change(agent, { paused })
    agent.send({ t: 'pause', paused: [...paused].map((workspace_id) => ({ workspace_id })) })
  })
}

export function presentPause(pause: PauseRow): Agent['paused'][number] {
  return {
    workspace_id: pause.workspace_id,
    workspace: pause.workspace,
    reason: pause.reason,
    paused_by: pause.paused_by,
    paused_by_name: pause.paused_by_name,
    paused_at: pause.paused_at.toISOString(),
  }
}
