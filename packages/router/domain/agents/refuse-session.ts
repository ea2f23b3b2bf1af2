import { selectAgentById } from '../../store/agents.ts'
import { agentActor } from '../actor.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'

/**
 * An agent that has shown who it is gets no session. That is on record once, and not each time that
 * it dials.
 */
export function refuseSession(core: Records & FleetView, agentId: string, why: string): void {
  if (!core.fleet.refused.note(agentId, why)) return
  record(core, agentId, why).catch((error) => {
    core.fleet.refused.forget(agentId)
    core.log.error({ error, agent_id: agentId }, 'that an agent was refused a session could not be recorded')
  })
}

async function record(core: Records, agentId: string, reason: string): Promise<void> {
  const agent = await selectAgentById(core.store.db, agentId)
  if (agent === undefined) return
  const { project_id } = agent
  await write(core, async ({ append }) =>
    append({
      project_id,
      kind: 'agent.session_refused',
      actor: agentActor(agent),
      agent_id: agentId,
      data: { reason },
    }),
  )
}
