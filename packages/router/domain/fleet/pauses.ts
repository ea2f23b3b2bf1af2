import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { type PauseRow, selectPauses } from '../../store/agents.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'
import type { OnlineAgent } from './online-agent.ts'

/** What is paused of agents, by their ids, from the record: workspace ids, and null for all. */
export async function pausesOf(
  { store }: Pick<Records, 'store'>,
  agentIds: string[],
): Promise<Map<string, Set<string | null>>> {
  const pauses = new Map(agentIds.map((id) => [id, new Set<string | null>()]))
  for (const { agent_id, workspace_id } of await selectPauses(store.db, agentIds))
    pauses.get(agent_id)?.add(workspace_id)
  return pauses
}

/** Brings an online agent, and the fleet's view of it, in line with the recorded pauses. */
export async function tellPauses(
  core: Pick<Records, 'store'> & FleetView,
  projectId: string,
  agentId: string,
): Promise<void> {
  await core.fleet.get(projectId, agentId)?.inTurn(async (agent) => {
    const paused = (await pausesOf(core, [agentId])).get(agentId) ?? new Set()
    if (isKnown(agent, paused)) return
    core.fleet.change(agent, { paused })
    agent.send({ t: 'pause', paused: [...paused].map((workspace_id) => ({ workspace_id })) })
  })
}

/** The same for agents that have just joined: whose pauses did not change needs no turn. */
export async function tellChangedPauses(
  core: Pick<Records, 'store'> & FleetView,
  agents: readonly OnlineAgent[],
): Promise<void> {
  const paused = await pausesOf(
    core,
    agents.map(({ id }) => id),
  )
  for (const agent of agents)
    if (!isKnown(agent, paused.get(agent.id) ?? new Set())) await tellPauses(core, agent.projectId, agent.id)
}

function isKnown(agent: OnlineAgent, paused: Set<string | null>): boolean {
  return paused.symmetricDifference(agent.paused).size === 0
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
