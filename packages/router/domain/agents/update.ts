import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/** @throws Fault agent_not_found */
export async function updateAgent(
  core: Records & FleetView,
  actor: Member,
  reference: string,
  body: { description: string | null },
): Promise<Agent> {
  const row = await write(core, async ({ tx, append }) => {
    const { id } = await findAgent(tx, actor.projectId, reference)
    append({
      project_id: actor.projectId,
      kind: 'agent.updated',
      actor,
      agent_id: id,
      data: { description: body.description },
    })
    return tx
      .updateTable('agents')
      .set({ description: body.description })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentAgentRow(core, row)
}
