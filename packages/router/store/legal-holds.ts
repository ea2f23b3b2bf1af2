import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

export type LegalHoldRow = Selectable<Tables['legal_holds']>

function named(db: Database | Tx) {
  return db
    .selectFrom('legal_holds')
    .selectAll()
    .select([
      actorName('legal_holds.placed_by', 'legal_holds.project_id').as('placed_by_name'),
      actorName('legal_holds.released_by', 'legal_holds.project_id').as('released_by_name'),
    ])
}
export type NamedLegalHoldRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectLegalHold(db: Database | Tx, projectId: string, id: string) {
  return named(db).where('project_id', '=', projectId).where('id', '=', id).executeTakeFirst()
}

/** What holds exactly this: a call, or with null all of the project. */
export function selectLegalHoldOf(db: Database | Tx, projectId: string, executionId: string | null) {
  return named(db)
    .where('project_id', '=', projectId)
    .where('released_at', 'is', null)
    .where('execution_id', 'is not distinct from', executionId)
    .executeTakeFirst()
}

export interface LegalHoldFilter {
  limit: number
  after?: string | undefined
  status: 'held' | 'released' | 'all'
  executionId?: string | undefined
  incident?: string | undefined
}

/** Newest first. */
export function selectLegalHolds(db: Database, projectId: string, filter: LegalHoldFilter) {
  let query = named(db).where('project_id', '=', projectId)
  if (filter.status !== 'all') query = query.where('released_at', filter.status === 'held' ? 'is' : 'is not', null)
  if (filter.executionId !== undefined) query = query.where('execution_id', '=', filter.executionId)
  if (filter.incident !== undefined) query = query.where('incident', '=', filter.incident)
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** Counts up to `max`. */
export async function countHeld(tx: Tx, projectId: string, max: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from (
    select from legal_holds where project_id = ${projectId} and released_at is null limit ${max}) as those`.execute(tx)
  return rows[0]?.count ?? 0
}
