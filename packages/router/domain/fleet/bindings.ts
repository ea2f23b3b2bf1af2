import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { selectBindings } from '../../store/workspaces.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'

/** What an agent serves, from the record. */
export async function bindingsOf({ store }: Pick<Records, 'store'>, agentId: string): Promise<Binding[]> {
  const rows = await selectBindings(store.db, agentId)
  return rows.map(({ workspace_id, workspace, type, credentials_ref }) => ({
    workspace_id,
    workspace,
    type,
    credentials_ref,
  }))
}

/** Brings an online agent, and the fleet's view of it, in line with the record. */
export async function tellBindings(
  core: Pick<Records, 'store'> & FleetView,
  projectId: string,
  agentId: string,
): Promise<void> {
  await core.fleet.get(projectId, agentId)?.inTurn(async (agent) => {
    const bindings = await bindingsOf(core, agentId)
    if (canonicalJson(bindings) === canonicalJson([...agent.bindings.values()])) return
    core.fleet.change(agent, { bindings: new Map(bindings.map((binding) => [binding.workspace_id, binding])) })
    agent.send({ t: 'bindings', bindings })
  })
}
