import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { selectBindings } from '../../store/workspaces.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'
import type { OnlineAgent } from './online-agent.ts'

/** What agents serve, by their ids, from the record. */
export async function bindingsOf(
  { store }: Pick<Records, 'store'>,
  agentIds: readonly string[],
): Promise<Map<string, Binding[]>> {
  const bindings = new Map<string, Binding[]>(agentIds.map((id) => [id, []]))
  for (const { agent_id, workspace_id, workspace, type, credentials_ref } of await selectBindings(store.db, agentIds))
    bindings.get(agent_id)?.push({ workspace_id, workspace, type, credentials_ref })
  return bindings
}

/** Brings an online agent, and the fleet's view of it, in line with the record. */
export async function tellBindings(
  core: Pick<Records, 'store'> & FleetView,
  projectId: string,
  agentId: string,
): Promise<void> {
  await core.fleet.get(projectId, agentId)?.inTurn(async (agent) => {
    const bindings = (await bindingsOf(core, [agentId])).get(agentId) ?? []
    if (isKnown(agent, bindings)) return
    core.fleet.change(agent, { bindings: new Map(bindings.map((binding) => [binding.workspace_id, binding])) })
    agent.send({ t: 'bindings', bindings })
  })
}

/** The same for agents that have just joined: whose bindings did not change needs no turn. */
export async function tellChangedBindings(
  core: Pick<Records, 'store'> & FleetView,
  agents: readonly OnlineAgent[],
): Promise<void> {
  const bindings = await bindingsOf(
    core,
    agents.map(({ id }) => id),
  )
  for (const agent of agents)
    if (!isKnown(agent, bindings.get(agent.id) ?? [])) await tellBindings(core, agent.projectId, agent.id)
}

function isKnown(agent: OnlineAgent, bindings: Binding[]): boolean {
  return canonicalJson(bindings) === canonicalJson([...agent.bindings.values()])
}
