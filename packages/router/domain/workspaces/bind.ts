import type { bindSchema, Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import { tellBindings } from '../fleet/bindings.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { presentWorkspace } from './present.ts'

/**
 * The agent serves the workspace from now on. Binding it again changes the credential file.
 * @throws Fault workspace_not_found, agent_not_found
 */
export async function bindAgent(
  core: Records & FleetView & Directory & Pick<Attempts, 'dispatcher'>,
  actor: Member,
  reference: string,
  body: z.output<typeof bindSchema>,
): Promise<Workspace> {
  const workspace = await findWorkspace(core, actor.projectId, reference)
  const agent = await write(core, async ({ tx, append, now }) => {
    const agent = await findAgent(tx, actor.projectId, body.agent, 'agent')
    const credentials_ref = body.credentials_ref ?? null
    await tx
      .insertInto('workspace_agent_bindings')
      .values({
        workspace_id: workspace.id,
        agent_id: agent.id,
        credentials_ref,
        created_by: actor.id,
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'agent_id']).doUpdateSet({ credentials_ref }))
      .execute()
    append({
      project_id: actor.projectId,
      kind: 'workspace.bound',
      actor,
      workspace_id: workspace.id,
      agent_id: agent.id,
      data: { credentials_ref },
    })
    return agent
  })
  await tellBindings(core, agent.project_id, agent.id)
  core.dispatcher.wake(actor.projectId)
  return presentWorkspace(core, workspace)
}

/** @throws Fault workspace_not_found, agent_not_found, binding_not_found */
export async function unbindAgent(
  core: Records & FleetView & Directory,
  actor: Member,
  reference: string,
  agentReference: string,
): Promise<Workspace> {
  const workspace = await findWorkspace(core, actor.projectId, reference)
  const agent = await write(core, async ({ tx, append }) => {
    const agent = await findAgent(tx, actor.projectId, agentReference, 'agent')
    const removed = await tx
      .deleteFrom('workspace_agent_bindings')
      .where('workspace_id', '=', workspace.id)
      .where('agent_id', '=', agent.id)
      .executeTakeFirst()
    if (removed.numDeletedRows === 0n) throw new Fault('binding_not_found')
    append({
      project_id: actor.projectId,
      kind: 'workspace.unbound',
      actor,
      workspace_id: workspace.id,
      agent_id: agent.id,
    })
    return agent
  })
  await tellBindings(core, agent.project_id, agent.id)
  return presentWorkspace(core, workspace)
}
