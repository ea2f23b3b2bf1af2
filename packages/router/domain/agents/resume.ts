import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { tellPauses } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Lifts the pause of one workspace, or every pause of the agent. What waited is dispatched.
 * @throws Fault agent_not_found, workspace_not_found
 */
export async function resumeAgent(
  core: Records & FleetView & Directory & Pick<Attempts, 'dispatcher'>,
  actor: Member,
  reference: string,
  body: { workspace?: string | undefined },
): Promise<Agent> {
  const { projectId } = actor
  const workspace = body.workspace === undefined ? undefined : await findWorkspace(core, projectId, body.workspace)
  const row = await write(core, async ({ tx, append }) => {
    const agent = await findAgent(tx, projectId, reference)
    let pauses = tx.deleteFrom('agent_pauses').where('agent_id', '=', agent.id)
    if (workspace !== undefined) pauses = pauses.where('workspace_id', '=', workspace.id)
    const { numDeletedRows } = await pauses.executeTakeFirst()
    if (numDeletedRows > 0n) {
      append({
        project_id: projectId,
        kind: 'agent.resumed',
        actor,
        agent_id: agent.id,
        ...(workspace === undefined ? {} : { workspace_id: workspace.id }),
        data: { workspace: workspace?.name ?? null },
      })
    }
    return agent
  })
  await tellPauses(core, row.project_id, row.id)
  core.dispatcher.wake(projectId)
  return presentAgentRow(core, row)
}
