import { type Candidate, candidateSchema } from '@xerotier/protocol/api/candidates.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { candidateStates } from '@xerotier/protocol/lifecycles/candidate.ts'
import { keyIdOf } from '@xerotier/runtime/ed25519.ts'
import { type NamedCandidateRow, selectCandidate, selectCandidates } from '../../store/candidates.ts'
import type { Database, Tx } from '../../store/database.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveCandidate } from '../lifecycles/candidate.ts'
import { idCursor, type Page, toPage, wordsOf } from '../page.ts'
import { publicForm } from '../public-form.ts'
import type { Records } from '../records.ts'

const present = publicForm<Candidate, NamedCandidateRow, undefined>(candidateSchema, {
  object: () => 'candidate',
  key_id: (row) => keyIdOf(row.signing_public_key),
})

async function find(db: Database | Tx, projectId: string, id: string): Promise<NamedCandidateRow> {
  const row = await selectCandidate(db, projectId, id)
  if (row === undefined) throw new Fault('candidate_not_found')
  return row
}

/** @throws Fault invalid_request */
export async function listCandidates(
  { store }: Pick<Records, 'store'>,
  { projectId }: Member,
  query: { limit: number; after?: string | undefined; status?: string | undefined },
): Promise<Page<Candidate>> {
  const states = query.status === 'all' ? undefined : wordsOf(query.status ?? 'pending', 'status', candidateStates)
  const page = { limit: query.limit, after: idCursor('cand', query.after), states }
  return toPage(
    await selectCandidates(store.db, projectId, page),
    query.limit,
    (row) => present(row, undefined),
    ({ id }) => id,
  )
}

/** @throws Fault candidate_not_found */
export async function showCandidate(
  { store }: Pick<Records, 'store'>,
  { projectId }: Member,
  id: string,
): Promise<Candidate> {
  return present(await find(store.db, projectId, id), undefined)
}

/**
 * What was decided the same way before stays as it is.
 * @throws Fault candidate_not_found; illegal_transition for one that was decided otherwise
 */
export async function decideCandidate(
  core: Records,
  actor: Member,
  id: string,
  { to, note }: { to: 'approved' | 'rejected'; note?: string | undefined },
): Promise<Candidate> {
  return write(core, async (writing) => {
    const { tx, now } = writing
    const known = await find(tx, actor.projectId, id)
    const set = { decided_by: actor.id, decided_at: now, note: note ?? null }
    const moved = known.state === to ? known : await moveCandidate(writing, known, { to, set, actor })
    if (moved === undefined) {
      throw new Fault('illegal_transition', { message: `The candidate is ${known.state} and cannot be ${to}.` })
    }
    return present(await find(tx, actor.projectId, id), undefined)
  })
}
