// Pauses end: compare-and-set over their lifecycle, and their events in the same transaction.
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { type PauseState, pauseLifecycle } from '@xerotier/protocol/lifecycles/pause.ts'
import { sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely'
import type { PauseRow } from '../../store/pauses.ts'
import type { Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

type Update = UpdateQueryBuilder<Tables, 'pauses', 'pauses', UpdateResult>

export interface PauseMove {
  to: Exclude<PauseState, 'active'>
  actor: Actor
  /** Why, beside what the state says. */
  because?: string
}

/**
 * @param which narrows the update to the pauses that it is about
 * @returns those that were active
 */
export async function movePauses(
  { tx, now, append }: Pick<Writing, 'tx' | 'now' | 'append'>,
  which: (pauses: Update) => Update,
  { to, actor, because }: PauseMove,
): Promise<PauseRow[]> {
  const rows = await which(tx.updateTable('pauses').set({ state: to, ended_by: actor.id, ended_at: now }))
    .where('state', 'in', sourcesOf(pauseLifecycle, to))
    .returningAll()
    .returning(sql<string | null>`(select name from workspaces where id = pauses.workspace_id)`.as('workspace'))
    .execute()
  for (const row of rows) {
    append({
      ...pauseEvent(row),
      kind: `${targetOf(row)}.resumed`,
      actor,
      data: { ...pauseEvent(row).data, state: to, ...(because === undefined ? {} : { because }) },
    })
  }
  return rows
}

export function targetOf({ agent_id, workspace_id, tool }: Pick<PauseRow, 'agent_id' | 'workspace_id' | 'tool'>) {
  if (agent_id !== null) return 'agent'
  if (tool !== null) return 'tool'
  return workspace_id === null ? 'project' : 'workspace'
}

/** What events say of a pause. */
export function pauseEvent(row: PauseRow & { workspace: string | null }) {
  return {
    project_id: row.project_id,
    ...(row.agent_id === null ? {} : { agent_id: row.agent_id }),
    ...(row.workspace_id === null ? {} : { workspace_id: row.workspace_id }),
    data: {
      pause_id: row.id,
      ...(row.tool === null ? {} : { tool: row.tool }),
      workspace: row.workspace,
      reason: row.reason,
      incident: row.incident,
      ends_at: row.ends_at?.toISOString() ?? null,
    },
  }
}
