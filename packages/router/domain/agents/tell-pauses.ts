import { selectPauses } from '../../store/agents.ts'
import type { Core } from '../core.ts'

/** Brings an online agent, and the fleet's view of it, in line with the recorded pauses. */
export async function tellPauses(core: Pick<Core, 'store' | 'fleet'>, agentId: string): Promise<void> {
  if (core.fleet.get(agentId) === undefined) return
  const pauses = await selectPauses(core.store.db, [agentId])
  const agent = core.fleet.get(agentId)
  if (agent === undefined) return
  agent.paused = new Set(pauses.map((pause) => pause.workspace_id))
  agent.send({ t: 'pause', paused: pauses.map((pause) => ({ workspace_id: pause.workspace_id })) })
}
