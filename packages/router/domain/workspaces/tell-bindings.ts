import type { Binding } from '@xerotier/protocol/manifest.ts'
import { selectBindings } from '../../store/workspaces.ts'
import type { Core } from '../core.ts'

/** What an agent serves, from the record. */
export async function bindingsOf({ store }: Pick<Core, 'store'>, agentId: string): Promise<Binding[]> {
  const rows = await selectBindings(store.db, agentId)
  return rows.map(({ workspace_id, workspace, type, credentials_ref }) => ({
    workspace_id,
    workspace,
    type,
    credentials_ref,
  }))
}

/** Brings an online agent, and the fleet's view of it, in line with the record. */
export async function tellBindings(core: Pick<Core, 'store' | 'fleet'>, agentId: string): Promise<void> {
  if (core.fleet.get(agentId) === undefined) return
  const bindings = await bindingsOf(core, agentId)
  const agent = core.fleet.get(agentId)
  if (agent === undefined) return
  agent.bindings = new Map(bindings.map((binding) => [binding.workspace_id, binding]))
  agent.send({ t: 'bindings', bindings })
}
