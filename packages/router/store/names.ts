// What people call whoever acts, by the id that stands in the record. A name does not leave its
// project. It stays with a key that was revoked and an agent that was deleted. The router itself
// (`router`) has none.
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** By the kind of actor. */
const tables = { key: 'api_keys', agent: 'agents' } as const

export type NamedKind = keyof typeof tables

/**
 * The name of the actor whose id stands in a column, read within the same query. Null for what is
 * no actor of that project. Both columns are given with their table.
 */
export function actorName(id: string, projectId: string) {
  const names = Object.values(tables).map(
    (table) => sql`(select one.name from ${sql.table(table)} as one
      where one.id = ${sql.ref(id)} and one.project_id = ${sql.ref(projectId)})`,
  )
  return sql<string | null>`coalesce(${sql.join(names)})`
}

/** The names of some actors of a project, by id; without those that have none there. */
export async function selectActorNames(
  db: Database,
  projectId: string,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)]
  const named = Object.values(tables).map(
    (table) => sql`select id, name from ${sql.table(table)} where project_id = ${projectId} and id = any(${wanted})`,
  )
  const { rows } = await sql<{ id: string; name: string }>`${sql.join(named, sql` union all `)}`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
