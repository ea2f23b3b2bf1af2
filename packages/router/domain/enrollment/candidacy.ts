// Who presents a join key that lets nobody in without an operator.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type CandidateRow, countCandidates, selectCandidateOf } from '../../store/candidates.ts'
import type { JoinKeyRow } from '../../store/join-keys.ts'
import type { AgentRow } from '../../store/tables.ts'
import { agentActor, router } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { newId } from '../ids.ts'
import { moveCandidate } from '../lifecycles/candidate.ts'
import type { EnrollBody } from './identity-row.ts'

/**
 * The key is locked.
 * @returns who may enroll, or `pending` for who must wait, which is to be committed
 * @throws Fault enrollment_rejected, limit_reached
 */
export async function candidacy(
  writing: Writing,
  joinKey: JoinKeyRow,
  body: EnrollBody,
): Promise<CandidateRow | 'pending' | undefined> {
  if (!joinKey.require_approval || joinKey.state !== 'unused') return undefined
  const { tx } = writing
  const known = await selectCandidateOf(tx, joinKey.id, Buffer.from(body.signing_public_key, 'hex'))
  if (known === undefined) {
    await apply(writing, joinKey, body)
    return 'pending'
  }
  if (known.state === 'rejected') throw new Fault('enrollment_rejected')
  if (known.name !== body.registration_name || known.curve_public_key !== body.curve_public_key) {
    throw new Fault('enrollment_rejected', {
      message: `This identity asked first as ${known.name}, with its key of then: what an operator sees is what enrolls. Mint a new join key.`,
    })
  }
  return known.state === 'approved' ? known : 'pending'
}

async function apply({ tx, now, append }: Writing, joinKey: JoinKeyRow, body: EnrollBody): Promise<void> {
  if ((await countCandidates(tx, joinKey.id)) >= limits.candidatesPerJoinKey) {
    throw new Fault('limit_reached', {
      message: `${limits.candidatesPerJoinKey} identities have presented this join key, which is the limit.`,
    })
  }
  const id = newId('cand', now.getTime())
  const { project_id } = joinKey
  const { registration_name: name, hostname, version, curve_public_key } = body
  const signing_public_key = Buffer.from(body.signing_public_key, 'hex')
  const said = { name, hostname, version, signing_public_key, curve_public_key }
  await tx
    .insertInto('candidates')
    .values({ id, project_id, join_key_id: joinKey.id, ...said, state: 'pending', requested_at: now })
    .execute()
  const data = { candidate_id: id, join_key_id: joinKey.id, name, hostname }
  append({ project_id, kind: 'candidate.requested', actor: router, data })
}

/** Its approval is used up. */
export async function enrolledAs(writing: Writing, candidate: CandidateRow, agent: AgentRow): Promise<void> {
  await moveCandidate(writing, candidate, { to: 'enrolled', set: { agent_id: agent.id }, actor: agentActor(agent) })
}
