import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { selectWorkspaces } from '../../store/workspaces.ts'
import type { Member } from '../actor.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { idCursor, type Page } from '../page.ts'
import type { Records } from '../records.ts'
import { presentWorkspace, presentWorkspaces } from './present.ts'

/**
 * All of the project, or those that the key is held to.
 * @throws Fault invalid_request
 */
export async function listWorkspaces(
  core: Records & FleetView,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Workspace>> {
  const only = actor.kind !== 'agent' ? (actor.workspaces ?? undefined) : undefined
  const page = { limit: query.limit, after: idCursor('ws', query.after), only }
  const rows = await selectWorkspaces(core.store.db, actor.projectId, page)
  const data = await presentWorkspaces(core, rows.slice(0, query.limit))
  return { object: 'list', data, has_more: rows.length > query.limit, last_id: data.at(-1)?.id ?? null }
}

/** @throws Fault workspace_not_found */
export async function showWorkspace(
  core: Records & FleetView & Directory,
  actor: Member,
  reference: string,
): Promise<Workspace> {
  return presentWorkspace(core, await findWorkspace(core, actor.projectId, reference))
}
