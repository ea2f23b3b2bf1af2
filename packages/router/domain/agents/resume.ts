import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { movePauses } from '../lifecycles/pause.ts'
import { resume } from '../pauses/end.ts'
import { requireAllWorkspaces } from '../pauses/target.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Ends the pause of one workspace, or every pause of the agent. What waited is dispatched. Pauses
 * of a workspace, a tool or the project go on.
 * @throws Fault agent_not_found, workspace_not_found, workspace_not_allowed
 */
export async function resumeAgent(
  core: Records & FleetView & Directory & Pick<Attempts, 'dispatcher'>,
  actor: Member,
  reference: string,
  body: { workspace?: string | undefined },
): Promise<Agent> {
  const { projectId } = actor
  const workspace = body.workspace === undefined ? undefined : await findWorkspace(core, projectId, body.workspace)
  if (workspace === undefined) requireAllWorkspaces(actor)
  else requireWorkspace(actor, workspace.id)
  const row = await findAgent(core.store.db, projectId, reference)
  await resume(core, projectId, (writing) =>
    movePauses(
      writing,
      (pauses) => {
        const mine = pauses.where('agent_id', '=', row.id)
        return workspace === undefined ? mine : mine.where('workspace_id', '=', workspace.id)
      },
      { to: 'ended', actor },
    ),
  )
  return presentAgentRow(core, row)
}
