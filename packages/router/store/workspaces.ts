import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { WorkspacesTable } from './tables.ts'

export type WorkspaceRow = Selectable<WorkspacesTable>

/** By id or by name. Names cannot hold `_`, so no name looks like an id. */
export function selectWorkspace(db: Database | Tx, projectId: string, reference: string) {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('project_id', '=', projectId)
    .where(reference.startsWith('ws_') ? 'id' : 'name', '=', reference)
    .executeTakeFirst()
}
