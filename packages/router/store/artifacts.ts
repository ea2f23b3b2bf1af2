import { sql } from 'kysely'
import { type MaybeSealed, overheadOf } from './contents.ts'
import type { Database } from './database.ts'

/** Under the name that it has in its attempt. */
export async function selectArtifactId(
  db: Database,
  { execution_id, attempt, name }: { execution_id: string; attempt: number; name: string },
): Promise<string> {
  const { id } = await db
    .selectFrom('artifacts')
    .select('id')
    .where('execution_id', '=', execution_id)
    .where('attempt', '=', attempt)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return id
}

/** Those of one attempt of a call, with their sizes. */
export function selectArtifacts(db: Database, executionId: string, attempt: number, call: MaybeSealed) {
  return db
    .selectFrom('artifacts')
    .leftJoin('artifact_chunks', 'artifact_chunks.artifact_id', 'artifacts.id')
    .selectAll('artifacts')
    .select(
      sql<number>`coalesce(sum(octet_length(artifact_chunks.data) - ${overheadOf(call)}::int), 0)::bigint`.as('bytes'),
    )
    .where('artifacts.execution_id', '=', executionId)
    .where('artifacts.attempt', '=', attempt)
    .groupBy('artifacts.id')
    .orderBy('artifacts.id')
    .execute()
}
