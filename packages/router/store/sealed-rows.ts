// Where the record has sealed values. What is not listed here is not encrypted anew when the key
// is replaced.
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Each is sealed for what its row is known by. */
export const sealedColumns = [
  { table: 'channels', id: 'id', column: 'secret' },
  { table: 'channels', id: 'id', column: 'previous_secret' },
  { table: 'push_keys', id: 'id', column: 'private_key' },
  { table: 'executions', id: 'id', column: 'secrets' },
  { table: 'router_keys', id: 'id', column: 'secret' },
  { table: 'grant_keys', id: 'id', column: 'secret' },
  // Those from before they were sealed have so many bytes, and nothing that is sealed has so few.
  { table: 'second_factors', id: 'user_id', column: 'secret', clearBytes: 20 },
] as const satisfies SealedColumn[]

export interface SealedColumn {
  table: string
  id: string
  column: string
  /** How long a value is that was never sealed. */
  clearBytes?: number
}

export interface SealedRow {
  id: string
  sealed: Buffer
}

/** Some of those that do not begin so, by id. */
export async function selectSealedOtherwise(
  db: Database,
  { table, id, column }: SealedColumn,
  { prefix, after, limit }: { prefix: Buffer; after: string | undefined; limit: number },
): Promise<SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    select ${sql.ref(id)} as id, ${sql.ref(column)} as sealed from ${sql.table(table)}
    where ${sql.ref(column)} is not null and substring(${sql.ref(column)} from 1 for ${prefix.length}) <> ${prefix}
      ${after === undefined ? sql`` : sql`and ${sql.ref(id)} > ${after}`}
    order by ${sql.ref(id)} limit ${limit}`.execute(db)
  return rows
}
