// Where the record has sealed values. What is not listed here is not encrypted anew when the key
// is replaced.
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Each is sealed for the id of its row. */
export const sealedColumns = [
  { table: 'channels', column: 'secret' },
  { table: 'channels', column: 'previous_secret' },
  { table: 'executions', column: 'secrets' },
  { table: 'router_keys', column: 'secret' },
  { table: 'grant_keys', column: 'secret' },
] as const

export type SealedColumn = (typeof sealedColumns)[number]

export interface SealedRow {
  id: string
  sealed: Buffer
}

/** Some of those that do not begin so, by id. */
export async function selectSealedOtherwise(
  db: Database,
  { table, column }: SealedColumn,
  { prefix, after, limit }: { prefix: Buffer; after: string | undefined; limit: number },
): Promise<SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    select id, ${sql.ref(column)} as sealed from ${sql.table(table)}
    where ${sql.ref(column)} is not null and substring(${sql.ref(column)} from 1 for ${prefix.length}) <> ${prefix}
      ${after === undefined ? sql`` : sql`and id > ${after}`}
    order by id limit ${limit}`.execute(db)
  return rows
}
