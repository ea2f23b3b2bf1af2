import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Those of one attempt, with their sizes. */
export function selectArtifacts(db: Database, executionId: string, attempt: number) {
  return db
    .selectFrom('artifacts')
    .leftJoin('artifact_chunks', 'artifact_chunks.artifact_id', 'artifacts.id')
    .selectAll('artifacts')
    .select(sql<number>`coalesce(sum(octet_length(artifact_chunks.data)), 0)::bigint`.as('bytes'))
    .where('artifacts.execution_id', '=', executionId)
    .where('artifacts.attempt', '=', attempt)
    .groupBy('artifacts.id')
    .orderBy('artifacts.id')
    .execute()
}

export function selectArtifactChunks(db: Database, artifactId: string, page: { afterSeq: number; limit: number }) {
  return db
    .selectFrom('artifact_chunks')
    .select(['seq', 'data'])
    .where('artifact_id', '=', artifactId)
    .where('seq', '>', page.afterSeq)
    .orderBy('seq')
    .limit(page.limit)
    .execute()
}
