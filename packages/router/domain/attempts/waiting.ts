// How many calls wait, by project and workspace. It keeps newcomers behind those who wait. A hint:
// counting what is queued in the database corrects it.
import { countQueued } from '../../store/attempts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'

type Place = Pick<ExecutionRow, 'project_id' | 'workspace_id'>

export interface Waiting {
  ofProject(projectId: string): number
  ofWorkspace(place: Place): number
  /** The workspaces of a project that have calls waiting. */
  workspaces(projectId: string): string[]
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

interface Queue {
  byWorkspace: Map<string, number>
  /** Not in the database yet, so that its count does not hold them. */
  entering: Set<ExecutionRow>
  /** Of both. A count from the database that one of them has overtaken is not taken over. */
  changes: number
}

export function createWaiting({ store }: Pick<Records, 'store'>): Waiting {
  const queues = perProject((): Queue => ({ byWorkspace: new Map(), entering: new Set(), changes: 0 }))

  function add({ byWorkspace }: Queue, workspaceId: string, calls: number): void {
    byWorkspace.set(workspaceId, Math.max(0, (byWorkspace.get(workspaceId) ?? 0) + calls))
  }
  function change({ project_id, workspace_id }: Place, difference: 1 | -1): void {
    const queue = queues.of(project_id)
    queue.changes += 1
    add(queue, workspace_id, difference)
  }
  const ofProject = (projectId: string) => sum(queues.of(projectId).byWorkspace.values())

  return {
    ofProject,
    ofWorkspace: ({ project_id, workspace_id }) => queues.of(project_id).byWorkspace.get(workspace_id) ?? 0,
    workspaces: (projectId) =>
      [...queues.of(projectId).byWorkspace].flatMap(([workspaceId, calls]) => (calls > 0 ? [workspaceId] : [])),
    get total() {
      return sum([...queues.all()].map(([projectId]) => ofProject(projectId)))
    },
    count: change,
    enter(row) {
      queues.of(row.project_id).entering.add(row)
      change(row, 1)
    },
    entered(row) {
      const queue = queues.of(row.project_id)
      queue.entering.delete(row)
      queue.changes += 1
    },
    turnedAway(row) {
      const entered = queues.of(row.project_id).entering.delete(row)
      if (entered) change(row, -1)
      return entered
    },
    async recount(projectId) {
      const known = projectId === undefined ? [...queues.all()] : [[projectId, queues.of(projectId)] as const]
      const before = new Map(known.map(([id, { changes }]) => [id, changes]))
      const counted = Map.groupBy(await countQueued(store.db, projectId), (row) => row.project_id)
      const projects = new Set(counted.keys())
      for (const id of projects.union(before)) {
        const queue = queues.of(id)
        if (queue.changes !== (before.get(id) ?? 0)) continue
        queue.byWorkspace.clear()
        for (const row of counted.get(id) ?? []) add(queue, row.workspace_id, row.count)
        for (const row of queue.entering) add(queue, row.workspace_id, 1)
      }
      return projects
    },
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
