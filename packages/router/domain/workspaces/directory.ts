// Workspaces by project and reference, remembered: a submit must not ask Postgres for one. A workspace is never renamed
// or deleted, so what was found stays true in every router.
import type { Database } from '../../store/database.ts'
import { selectWorkspace, type WorkspaceRow } from '../../store/workspaces.ts'

const rememberedWorkspaces = 10_000

export interface WorkspaceDirectory {
  /** At once when it is remembered. Undefined when there is none. */
  find(projectId: string, reference: string): WorkspaceRow | Promise<WorkspaceRow | undefined>
}

export function createWorkspaceDirectory(db: Database): WorkspaceDirectory {
  const known = new Map<string, WorkspaceRow>()
  return {
    find(projectId, reference) {
      const key = `${projectId} ${reference}`
      const hit = known.get(key)
      if (hit !== undefined) return hit
      return selectWorkspace(db, projectId, reference).then((row) => {
        if (row !== undefined) {
          if (known.size >= rememberedWorkspaces) known.clear()
          known.set(key, row)
        }
        return row
      })
    },
  }
}
