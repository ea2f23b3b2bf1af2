import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import { abandonCalls } from '../attempts/abandon.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveAgent } from '../lifecycles/agent.ts'
import { movePauses } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { abandonRotations } from '../rotations/abandon.ts'
import type { Rotating } from '../rotations/rotating.ts'
import { presentAgentRow } from './present.ts'

/**
 * The agent goes for good: its keys open nothing any more, and its name is free. Its row stays, so
 * that what it ran keeps its name.
 * @throws Fault agent_not_found
 */
export async function deleteAgent(
  core: Records & FleetView & Pick<Attempts, 'calls' | 'dispatcher'> & Pick<Rotating, 'enrolledKeys' | 'rotations'>,
  actor: Member,
  reference: string,
): Promise<Agent> {
  const row = await write(core, async (writing) => {
    const { tx, now, append, after } = writing
    const { id, state, curve_public_key } = await findAgent(tx, actor.projectId, reference)
    await tx.deleteFrom('workspace_agent_bindings').where('agent_id', '=', id).execute()
    await movePauses(writing, (pauses) => pauses.where('agent_id', '=', id), {
      to: 'ended',
      actor,
      because: 'the agent was deleted',
    })
    await abandonRotations(core, writing, id, 'the agent was deleted')
    append({ project_id: actor.projectId, kind: 'agent.deleted', actor, agent_id: id })
    if (state !== 'suspended') await moveAgent(writing, id, { to: 'suspended' })
    after(() => {
      core.enrolledKeys.remove(curve_public_key)
      core.fleet.get(actor.projectId, id)?.drop('the agent was deleted', true)
    })
    return tx
      .updateTable('agents')
      .set({ deleted_at: now, lease_expires_at: null })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  await abandonCalls(core, row.id, 'Its agent was deleted while it had the call')
  return presentAgentRow(core, row)
}
