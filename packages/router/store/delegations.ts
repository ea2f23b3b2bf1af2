import type { DelegationState } from '@xerotier/protocol/api/delegations.ts'
import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

type DelegationRow = Selectable<Tables['delegations']>

/** Those that hold now or will, which nobody ended. */
export function selectCurrentDelegations(db: Database | Tx, projectId: string, now: Date): Promise<DelegationRow[]> {
  return db
    .selectFrom('delegations')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .orderBy('id')
    .execute()
}

function named(db: Database | Tx, projectId: string) {
  const nameOf = (column: string) => actorName(`delegations.${column}`, 'delegations.project_id')
  return db
    .selectFrom('delegations')
    .selectAll('delegations')
    .select([
      nameOf('from_user').as('from_name'),
      nameOf('to_user').as('to_name'),
      nameOf('created_by').as('created_by_name'),
      nameOf('ended_by').as('ended_by_name'),
    ])
    .where('delegations.project_id', '=', projectId)
}
export type NamedDelegationRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectDelegation(db: Database | Tx, projectId: string, id: string) {
  return named(db, projectId).where('delegations.id', '=', id).executeTakeFirst()
}

const conditions = {
  upcoming: (now: Date) => sql<boolean>`(ended_at is null and starts_at > ${now} and ends_at > ${now})`,
  active: (now: Date) => sql<boolean>`(ended_at is null and starts_at <= ${now} and ends_at > ${now})`,
  ended: (now: Date) => sql<boolean>`(ended_at is not null or ends_at <= ${now})`,
} satisfies Record<DelegationState, unknown>

/** Newest first. */
export function selectDelegations(
  db: Database,
  projectId: string,
  page: { limit: number; after?: string | undefined; states: readonly DelegationState[]; now: Date },
): Promise<NamedDelegationRow[]> {
  let query = named(db, projectId).where((where) => where.or(page.states.map((state) => conditions[state](page.now))))
  if (page.after !== undefined) query = query.where('delegations.id', '<', page.after)
  return query
    .orderBy('delegations.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
