// How many calls wait, by project and workspace. It keeps newcomers behind those who wait. A hint:
// counting what is queued in the database corrects it.
import { countQueued } from '../../store/attempts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'

type Place = Pick<ExecutionRow, 'project_id' | 'workspace_id'>

export interface Waiting {
  ofProject(projectId: string): number
  ofWorkspace(place: Place): number
  /** Over all projects. */
  readonly total: number
  /** A stored call is queued, or (-1) is not any more. */
  count(place: Place, difference: 1 | -1): void
  /** A call that is not stored yet counts already: `entered` or `turnedAway` follows. */
  enter(row: ExecutionRow): void
  /** The call has been stored. */
  entered(row: ExecutionRow): void
  /** The call was not stored. @returns false when it never entered */
  turnedAway(row: ExecutionRow): boolean
  /** Counts one project, or all. @returns the projects that have calls waiting */
  recount(projectId?: string): Promise<Set<string>>
}

export function createWaiting({ store }: Pick<Records, 'store'>): Waiting {
  const counts = new Map<string, Map<string, number>>()
  /** Not in the database yet, so that its count does not hold them. */
  const entering = new Set<ExecutionRow>()
  /** Of both. A count from the database that one of them has overtaken is not taken over. */
  let changes = 0

  function add({ project_id, workspace_id }: Place, calls: number): void {
    const ofProject = counts.get(project_id) ?? new Map<string, number>()
    const before = ofProject.get(workspace_id) ?? 0
    counts.set(project_id, ofProject.set(workspace_id, Math.max(0, before + calls)))
  }
  function change(place: Place, difference: 1 | -1): void {
    changes += 1
    add(place, difference)
  }
  const ofProject = (projectId: string) =>
    [...(counts.get(projectId)?.values() ?? [])].reduce((sum, count) => sum + count, 0)

  return {
    ofProject,
    ofWorkspace: ({ project_id, workspace_id }) => counts.get(project_id)?.get(workspace_id) ?? 0,
    get total() {
      return [...counts.keys()].reduce((sum, projectId) => sum + ofProject(projectId), 0)
    },
    count: change,
    enter(row) {
      entering.add(row)
      change(row, 1)
    },
    entered(row) {
      entering.delete(row)
      changes += 1
    },
    turnedAway(row) {
      const entered = entering.delete(row)
      if (entered) change(row, -1)
      return entered
    },
    async recount(projectId) {
      const before = changes
      const rows = await countQueued(store.db, projectId)
      const projects = new Set(rows.map((row) => row.project_id))
      if (changes !== before) return projects
      if (projectId === undefined) counts.clear()
      else counts.delete(projectId)
      for (const row of rows) add(row, row.count)
      for (const row of entering) if (projectId === undefined || row.project_id === projectId) add(row, 1)
      return projects
    },
  }
}
