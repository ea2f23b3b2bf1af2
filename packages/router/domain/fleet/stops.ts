// What pauses stop at any agent, in memory: a whole project, a workspace, a tool, or a tool in a
// workspace. Each choice of an agent asks, so that an answer is two or three looks into a set, and
// none while nothing is paused. What is paused of an agent stands with the agent.
import { selectStops } from '../../store/pauses.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'

/** Calls of a project: of a workspace, of a tool, of both, or (neither) all. */
export interface Reach {
  workspace_id: string | null
  tool: string | null
}

export function reaches({ workspace_id, tool }: Reach, call: Pick<ExecutionRow, 'workspace_id' | 'tool'>): boolean {
  return (workspace_id === null || workspace_id === call.workspace_id) && (tool === null || tool === call.tool)
}

type Call = Pick<ExecutionRow, 'project_id' | 'workspace_id' | 'tool'>

export interface Stops {
  /** Whether a pause keeps the call from every agent. */
  holds(call: Call): boolean
  /** Whether one keeps all calls of the workspace. */
  holdsAll(projectId: string, workspaceId: string): boolean
  of(projectId: string): readonly Reach[]
  set(projectId: string, reaches: readonly Reach[]): void
  /** Reads the record and applies it, one after the other: no old view comes over a newer one. */
  refresh(records: Pick<Records, 'store'>, projectId?: string): Promise<void>
}

interface Memory {
  reaches: readonly Reach[]
  keys: ReadonlySet<string>
}

const nothing: Memory = { reaches: [], keys: new Set() }
const all = '*'
const keyOf = ({ workspace_id, tool }: Reach) =>
  workspace_id === null && tool === null ? all : `${workspace_id ?? ''} ${tool ?? ''}`

export function createStops(): Stops {
  const projects = perProject(() => ({ current: nothing }))
  let last: Promise<void> = Promise.resolve()

  const set = (projectId: string, reaches: readonly Reach[]) => {
    const memory = reaches.length === 0 ? nothing : { reaches, keys: new Set(reaches.map(keyOf)) }
    projects.of(projectId).current = memory
  }

  async function read({ store }: Pick<Records, 'store'>, projectId: string | undefined): Promise<void> {
    const stopped = Map.groupBy(await selectStops(store.db, projectId), (row) => row.project_id)
    const known = projectId === undefined ? [...projects.all()].map(([id]) => id) : [projectId]
    for (const id of new Set([...known, ...stopped.keys()])) set(id, stopped.get(id) ?? [])
  }

  return {
    holds({ project_id, workspace_id, tool }) {
      const { keys } = projects.of(project_id).current
      if (keys.size === 0) return false
      return (
        keys.has(all) || keys.has(`${workspace_id} `) || keys.has(` ${tool}`) || keys.has(`${workspace_id} ${tool}`)
      )
    },
    holdsAll(projectId, workspaceId) {
      const { keys } = projects.of(projectId).current
      return keys.size > 0 && (keys.has(all) || keys.has(`${workspaceId} `))
    },
    of: (projectId) => projects.of(projectId).current.reaches,
    set,
    refresh(records, projectId) {
      last = last.catch(() => {}).then(() => read(records, projectId))
      return last
    },
  }
}
