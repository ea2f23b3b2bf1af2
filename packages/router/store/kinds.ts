// Which kinds of calls there ever were (lists.ts). A trigger notes them, but not of a call that is
// inserted as dispatched: that one is the most frequent, and its kind has mostly been noted before.
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { ExecutionRow } from './tables.ts'

type OfKind = Pick<ExecutionRow, 'project_id' | 'workspace_id' | 'tool' | 'risk' | 'agent_id' | 'requested_by'>

export interface Kinds {
  /**
   * Before a call of it is inserted as dispatched. A kind without a call harms no list.
   * @returns undefined when it has been noted before
   */
  note(call: OfKind): Promise<void> | undefined
}

/** A few megabytes. What is forgotten is only noted once more. */
const remembered = 50_000

export function createKinds(db: Database): Kinds {
  const noted = new Set<string>()
  return {
    note({ project_id, workspace_id, tool, risk, agent_id, requested_by }) {
      const kind = `${workspace_id} ${tool} ${risk} ${agent_id} ${requested_by}`
      if (noted.has(kind)) return undefined
      const its = sql`call_kind(${workspace_id}::text, ${tool}::text, ${risk}::text, ${agent_id}::text)`
      const theirs = sql`call_kind(${workspace_id}::text, ${tool}::text, ${risk}::text, ${agent_id}::text, ${requested_by}::text)`
      const insert = sql`with its as (
          insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind, asked)
          select ${project_id}, ${workspace_id}, ${tool}, ${risk}, ${agent_id}, ${its}, false
          where not exists (select from call_kinds where kind = ${its} and not asked))
        insert into call_requesters (project_id, workspace_id, tool, risk, agent_id, requested_by, kind)
        select ${project_id}, ${workspace_id}, ${tool}, ${risk}, ${agent_id}, ${requested_by}, ${theirs}
        where not exists (select from call_requesters where kind = ${theirs})`
      return insert.execute(db).then(() => {
        if (noted.size >= remembered) noted.clear()
        noted.add(kind)
      })
    },
  }
}
