import { Fault } from '@xerotier/protocol/errors.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { WorkspaceDirectory } from './workspaces.ts'

/**
 * The workspace of that id or name in the project. Answers from memory once it was asked for.
 * @throws Fault workspace_not_found, for another project's too
 */
export async function findWorkspace(
  core: { workspaces: Pick<WorkspaceDirectory, 'find'> },
  projectId: string,
  reference: string,
): Promise<WorkspaceRow> {
  const row = await core.workspaces.find(projectId, reference)
  if (row === undefined || row.deleted_at !== null) throw unknown(reference)
  return row
}

/**
 * The same for what history is about: by its id a deleted one too.
 * @throws Fault workspace_not_found
 */
export async function findWorkspaceOfHistory(
  core: { workspaces: Pick<WorkspaceDirectory, 'find'> },
  projectId: string,
  reference: string,
): Promise<WorkspaceRow> {
  const row = await core.workspaces.find(projectId, reference)
  if (row === undefined) throw unknown(reference)
  return row
}

function unknown(reference: string): Fault {
  return new Fault('workspace_not_found', {
    param: 'workspace',
    message: `There is no workspace ${JSON.stringify(reference)} in this project.`,
  })
}
