// Workspaces by project and reference, remembered: a submit must not ask Postgres for one. A
// workspace is never renamed, and what the active router deletes it forgets.
import { asNobody } from '@xerotier/runtime/asker.ts'
import type { Database } from '../../store/database.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import { type BoundForRow, selectBoundFor, selectWorkspace } from '../../store/workspaces.ts'

const rememberedWorkspaces = 10_000

export interface WorkspaceDirectory {
  /** At once when it is remembered. Undefined when there is none. */
  find(projectId: string, reference: string): WorkspaceRow | Promise<WorkspaceRow | undefined>
  /** After its deletion: its name finds it no more, and its id the row as it is now. */
  forget(workspace: WorkspaceRow): void
  /**
   * Who is bound to the workspace, with what the record knows of their offering the tool. Those who
   * ask at the same time share a query: in an outage many do.
   */
  boundFor(workspaceId: string, tool: string): Promise<BoundForRow[]>
}

export interface Directory {
  /** Workspaces by id or name, remembered. */
  workspaces: WorkspaceDirectory
}

export function createWorkspaceDirectory(db: Database): WorkspaceDirectory {
  const known = new Map<string, WorkspaceRow>()
  const asked = new Map<string, Promise<BoundForRow[]>>()
  let generation = 0
  return {
    find(projectId, reference) {
      const key = `${projectId} ${reference}`
      const hit = known.get(key)
      if (hit !== undefined) return hit
      const askedIn = generation
      return selectWorkspace(db, projectId, reference).then((row) => {
        // An answer that was on its way while something was forgotten may be older than that.
        if (row !== undefined && generation === askedIn) {
          if (known.size >= rememberedWorkspaces) known.clear()
          known.set(key, row)
        }
        return row
      })
    },
    forget({ project_id, id, name }) {
      generation++
      for (const reference of [id, name]) known.delete(`${project_id} ${reference}`)
    },
    boundFor(workspaceId, tool) {
      const key = `${workspaceId} ${tool}`
      const running = asked.get(key)
      if (running !== undefined) return running
      const query = asNobody(() => selectBoundFor(db, workspaceId, tool)).finally(() => asked.delete(key))
      asked.set(key, query)
      return query
    },
  }
}
