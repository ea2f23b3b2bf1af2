import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { tellPauses } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Nothing more is dispatched to the agent, or to it for one workspace; what runs goes on.
 * @throws Fault agent_not_found, workspace_not_found
 */
export async function pauseAgent(
  core: Records & FleetView & Directory,
  actor: Member,
  reference: string,
  body: { workspace?: string | undefined; reason?: string | undefined },
): Promise<Agent> {
  const { id: paused_by, projectId } = actor
  const workspace = body.workspace === undefined ? undefined : await findWorkspace(core, projectId, body.workspace)
  const workspace_id = workspace?.id ?? null
  const reason = body.reason ?? null
  const row = await write(core, async ({ tx, append, now }) => {
    const agent = await findAgent(tx, projectId, reference)
    await tx
      .insertInto('agent_pauses')
      .values({ agent_id: agent.id, workspace_id, reason, paused_by, paused_at: now })
      .onConflict((conflict) =>
        conflict.columns(['agent_id', 'workspace_id']).doUpdateSet({ reason, paused_by, paused_at: now }),
      )
      .execute()
    append({
      project_id: projectId,
      kind: 'agent.paused',
      actor,
      agent_id: agent.id,
      ...(workspace === undefined ? {} : { workspace_id: workspace.id }),
      data: { reason, workspace: workspace?.name ?? null },
    })
    return agent
  })
  await tellPauses(core, row.project_id, row.id)
  return presentAgentRow(core, row)
}
