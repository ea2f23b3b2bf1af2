// One candidate moves to another state: compare-and-set over its lifecycle, and its event in the
// same transaction.
import { type CandidateState, candidateLifecycle } from '@xerotier/protocol/lifecycles/candidate.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { CandidateRow } from '../../store/candidates.ts'
import type { Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface CandidateMove {
  to: Exclude<CandidateState, 'pending'>
  set: Updateable<Tables['candidates']>
  actor: Actor
}

/** @returns undefined when the candidate was not in a state to move from */
export async function moveCandidate(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  { id, project_id }: Pick<CandidateRow, 'id' | 'project_id'>,
  { to, set, actor }: CandidateMove,
): Promise<CandidateRow | undefined> {
  const row = await tx
    .updateTable('candidates')
    .set({ ...set, state: to })
    .where('id', '=', id)
    .where('project_id', '=', project_id)
    .where('state', 'in', sourcesOf(candidateLifecycle, to))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const data = { candidate_id: id, join_key_id: row.join_key_id, name: row.name, note: row.note }
  append({ project_id, kind: `candidate.${to}`, actor, data })
  return row
}
