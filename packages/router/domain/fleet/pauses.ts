import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { type NamedPauseRow, selectAgentPauses, selectWidePauses } from '../../store/pauses.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'
import type { OnlineAgent } from './online-agent.ts'
import { reaches } from './stops.ts'

/** What is paused of agents, by their ids, from the record: workspace ids, and null for all. */
export async function pausesOf(
  { store }: Pick<Records, 'store'>,
  agentIds: string[],
): Promise<Map<string, Set<string | null>>> {
  const pauses = new Map(agentIds.map((id) => [id, new Set<string | null>()]))
  for (const { agent_id, workspace_id } of await selectAgentPauses(store.db, agentIds))
    if (agent_id !== null) pauses.get(agent_id)?.add(workspace_id)
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

/** The pause that keeps a queued call from every agent, in half a sentence. */
export async function whatHoldsIt(
  core: Pick<Records, 'store'> & FleetView,
  call: Pick<ExecutionRow, 'project_id' | 'workspace_id' | 'tool'>,
): Promise<string | undefined> {
  if (!core.fleet.stops.holds(call)) return undefined
  const pause = (await selectWidePauses(core.store.db, call.project_id)).find((one) => reaches(one, call))
  if (pause === undefined) return undefined
  const { workspace, tool, incident, reason, ends_at } = pause
  const what = [tool === null ? '' : `the tool ${tool}`, workspace === null ? '' : `the workspace ${workspace}`]
  const why = [incident, reason].filter((text) => text !== null).join(': ')
  return [
    `${what.filter(Boolean).join(' in ') || 'the project'} is paused`,
    ...(why === '' ? [] : [`(${why})`]),
    ...(ends_at === null ? [] : [`until ${ends_at.toISOString()}`]),
  ].join(' ')
}

/** As the records say it that are paused. */
export function presentPaused(pause: NamedPauseRow): Agent['paused'][number] {
  return {
    pause_id: pause.id,
    workspace_id: pause.workspace_id,
    workspace: pause.workspace,
    tool: pause.tool,
    reason: pause.reason,
    incident: pause.incident,
    paused_by: pause.paused_by,
    paused_by_name: pause.paused_by_name,
    paused_at: pause.paused_at.toISOString(),
    ends_at: pause.ends_at?.toISOString() ?? null,
  }
}
