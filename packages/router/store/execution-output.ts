import { sql } from 'kysely'
import { sealedOverhead } from './contents.ts'
import type { Database } from './database.ts'

/** Pieces of one attempt's output after `afterSeq`, in order. A piece has 64 KiB at most. */
export function selectOutput(
  db: Database,
  executionId: string,
  attempt: number,
  page: { afterSeq: number; limit: number },
) {
  return db
    .selectFrom('execution_output')
    .select(['seq', 'stream', 'at', 'data'])
    .where('execution_id', '=', executionId)
    .where('attempt', '=', attempt)
    .where('seq', '>', page.afterSeq)
    .orderBy('seq')
    .limit(page.limit)
    .execute()
}

/**
 * The beginning of one attempt's output, at most so many pieces and bytes. What follows is not
 * read.
 */
export function selectInlineOutput(
  db: Database,
  executionId: string,
  attempt: number,
  most: { pieces: number; bytes: number; overhead: number },
) {
  return db
    .selectFrom((from) =>
      from
        .selectFrom('execution_output')
        .select([
          'seq',
          'stream',
          'data',
          sql<number>`sum(octet_length(data) - ${most.overhead}::int) over (order by seq)`.as('bytes'),
        ])
        .where('execution_id', '=', executionId)
        .where('attempt', '=', attempt)
        .orderBy('seq')
        .limit(most.pieces)
        .as('piece'),
    )
    .select(['piece.seq', 'piece.stream', 'piece.data'])
    .where('piece.bytes', '<=', most.bytes)
    .orderBy('piece.seq')
    .execute()
}

export interface OutputCount {
  execution_id: string
  /** Of all pieces, artifacts too, none less than `leastBytes`. */
  bytes: number
  /** Of `execution_output` alone, as they are. */
  inline_bytes: number
  /** All pieces with a lower number are stored. */
  stored_below: number
}

/** What is stored of the present attempts of these executions. A piece tells its length unread. */
export async function selectOutputCounts(
  db: Database,
  executionIds: string[],
  leastBytes: number,
): Promise<OutputCount[]> {
  const { rows } = await sql<OutputCount>`
    with pieces as (
      select execution_id, attempt, seq, octet_length(data) as bytes, octet_length(data) as inline_bytes
      from execution_output where execution_id = any(${executionIds}::uuid[])
      union all
      select a.execution_id, a.attempt, c.seq, octet_length(c.data), 0
      from artifacts a join artifact_chunks c on c.artifact_id = a.id
      where a.execution_id = any(${executionIds}::uuid[])
    ), numbered as (
      select p.*, case when e.sealed_with is null then 0 else ${sealedOverhead}::int end as beyond, row_number() over (partition by p.execution_id order by p.seq) - 1 as number
      from pieces p join executions e on e.id = p.execution_id and e.attempt = p.attempt
    )
    select execution_id, sum(greatest(bytes - beyond, ${leastBytes}::int))::bigint as bytes,
      sum(greatest(inline_bytes - beyond, 0))::bigint as inline_bytes, count(*) filter (where seq = number) as stored_below
    from numbered group by execution_id`.execute(db)
  return rows
}
