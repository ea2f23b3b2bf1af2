import type { CandidateState } from '@xerotier/protocol/lifecycles/candidate.ts'
import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

export type CandidateRow = Selectable<Tables['candidates']>

function named(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('candidates')
    .innerJoin('join_keys', 'join_keys.id', 'candidates.join_key_id')
    .selectAll('candidates')
    .select(['join_keys.role', 'join_keys.expires_at'])
    .select(actorName('candidates.decided_by', 'candidates.project_id').as('decided_by_name'))
    .where('candidates.project_id', '=', projectId)
}
export type NamedCandidateRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectCandidate(db: Database | Tx, projectId: string, id: string) {
  return named(db, projectId).where('candidates.id', '=', id).executeTakeFirst()
}

/** The same identity with the same key. */
export function selectCandidateOf(tx: Tx, joinKeyId: string, signingKey: Buffer): Promise<CandidateRow | undefined> {
  return tx
    .selectFrom('candidates')
    .selectAll()
    .where('join_key_id', '=', joinKeyId)
    .where('signing_public_key', '=', signingKey)
    .executeTakeFirst()
}

export async function countCandidates(tx: Tx, joinKeyId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('candidates')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('join_key_id', '=', joinKeyId)
    .executeTakeFirstOrThrow()
  return count
}

/** Newest first. */
export function selectCandidates(
  db: Database,
  projectId: string,
  page: { limit: number; after?: string | undefined; states: readonly CandidateState[] | undefined },
): Promise<NamedCandidateRow[]> {
  let query = named(db, projectId)
  if (page.states !== undefined) query = query.where('candidates.state', 'in', page.states)
  if (page.after !== undefined) query = query.where('candidates.id', '<', page.after)
  return query
    .orderBy('candidates.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
