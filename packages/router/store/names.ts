// What people call whoever acts, by the id that stands in the record. A name does not leave its
// project. It stays with a key that was revoked and an agent that was deleted. The router itself
// (`router`) has none.
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/**
 * By the kind of actor. People are of no project: their ids are in its records because they acted
 * there.
 */
const tables = {
  key: { table: 'api_keys', ofProject: true },
  agent: { table: 'agents', ofProject: true },
  person: { table: 'users', ofProject: false },
} as const

export type NamedKind = keyof typeof tables

/**
 * The name of the actor whose id stands in a column, read within the same query. Null for what is
 * no actor of that project. Both columns are given with their table.
 */
export function actorName(id: string, projectId: string) {
  const names = Object.values(tables).map(({ table, ofProject }) => {
    const own = ofProject ? sql`and one.project_id = ${sql.ref(projectId)}` : sql``
    return sql`(select one.name from ${sql.table(table)} as one where one.id = ${sql.ref(id)} ${own})`
  })
  return sql<string | null>`coalesce(${sql.join(names)})`
}

/** The names of some actors of a project, by id; without those that have none there. */
export async function selectActorNames(
  db: Database | Tx,
  projectId: string,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)]
  const named = Object.values(tables).map(({ table, ofProject }) => {
    const own = ofProject ? sql`and project_id = ${projectId}` : sql``
    return sql`select id, name from ${sql.table(table)} where id = any(${wanted}) ${own}`
  })
  const { rows } = await sql<{ id: string; name: string }>`${sql.join(named, sql` union all `)}`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
