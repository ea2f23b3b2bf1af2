// What another key than the current one has sealed of what calls carry (contents.ts).
import { type RawBuilder, sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export const sealedTables = ['executions', 'approvals', 'deliveries'] as const
export type SealedTable = (typeof sealedTables)[number]

/** The columns of a row that hold sealed text, jsonb as text; the others are null. */
export interface SealedContents {
  id: string
  sealed_with: number
  args: string | null
  result: string | null
  error: string | null
  prompt: string | null
  body: string | null
}

const fieldsOf: Readonly<Record<SealedTable, RawBuilder<unknown>>> = {
  executions: sql`args::text, result::text, error::text, null as prompt, null as body`,
  approvals: sql`args::text, null as result, null as error, prompt, null as body`,
  deliveries: sql`null as args, null as result, null as error, null as prompt, body`,
}

/** Keys other than the current one that have sealed something, with how much. */
export async function selectOtherKeys(
  db: Database,
  table: SealedTable,
  keyId: number,
): Promise<{ key: number; count: number }[]> {
  const { rows } = await sql<{ key: number; count: number }>`
    select sealed_with as key, count(*) as count from ${sql.table(table)}
    where sealed_with is not null and sealed_with <> ${keyId} group by sealed_with`.execute(db)
  return rows
}

/** Some of what a key has sealed, by id. */
export async function selectSealedBy(
  db: Database,
  table: SealedTable,
  { key, after, limit }: { key: number; after: string | undefined; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(table)} where sealed_with = ${key} ${after === undefined ? sql`` : sql`and id > ${after}`}
    order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Locks the row until the transaction ends. It comes as it is stored. */
export async function lockSealed(tx: Tx, table: SealedTable, id: string): Promise<SealedContents | undefined> {
  const { rows } = await sql<SealedContents & { with: number }>`
    select id, sealed_with as with, ${fieldsOf[table]} from ${sql.table(table)}
    where id = ${id} and sealed_with is not null for no key update`.execute(tx)
  const [row] = rows
  return row === undefined ? undefined : { ...row, sealed_with: row.with }
}

export interface SealedPiece {
  /** Of the call and its attempt, or of the artifact. */
  of: string
  attempt: number
  seq: number
  data: Buffer
}

/** Pieces of a call that do not begin so, of all its attempts. */
export async function selectPiecesSealedOtherwise(
  db: Database,
  executionId: string,
  { prefix, limit }: { prefix: Buffer; limit: number },
): Promise<{ output: SealedPiece[]; artifacts: SealedPiece[] }> {
  const other = sql`substring(data from 1 for ${prefix.length}) <> ${prefix}`
  const output = await sql<SealedPiece>`
    select execution_id as of, attempt, seq, data from execution_output
    where execution_id = ${executionId} and ${other} order by attempt, seq limit ${limit}`.execute(db)
  const artifacts = await sql<SealedPiece>`
    select a.id as of, a.attempt, c.seq, c.data from artifacts a join artifact_chunks c on c.artifact_id = a.id
    where a.execution_id = ${executionId} and ${other} order by a.id, c.seq limit ${limit}`.execute(db)
  return { output: output.rows, artifacts: artifacts.rows }
}
