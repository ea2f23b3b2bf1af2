// One vote: who may give it, and what it changes.
import type { Vote } from '@xerotier/protocol/api/approvals.ts'
import type { Place } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../store/database.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { selectVotes, type VoteRow } from '../../store/votes.ts'
import { cameBy, type Member } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { newUuid } from '../ids.ts'
import { askedOf, stageOf } from './asked.ts'
import { type Electorate, isIn, readElectorate } from './electorate.ts'
import { matterOf } from './matter.ts'
import { type Needed, placesText } from './needed.ts'
import { mustNotBeOwn } from './requester.ts'

/** What somebody has shown that is there. It is verified already. */
export interface ShownWith {
  id: string
  name: string
  /** What was signed, and the signature. */
  proof: Record<string, unknown>
}

/** Stores it; the last vote of each counts. @returns all votes there are now, oldest first */
export async function recordVote(
  { tx, now }: Writing,
  approval: ApprovalRow,
  actor: Member,
  vote: Vote,
  note: string | undefined,
  passkey?: ShownWith,
): Promise<VoteRow[]> {
  const { key, door } = cameBy(actor)
  await tx
    .insertInto('approval_votes')
    .values({
      id: newUuid(now.getTime()),
      approval_id: approval.id,
      project_id: approval.project_id,
      stage: approval.stage,
      vote,
      voter: actor.id,
      voter_key: key,
      voter_door: door,
      digest: approval.digest,
      note: note ?? null,
      passkey_id: passkey?.id ?? null,
      passkey_name: passkey?.name ?? null,
      passkey_proof: passkey === undefined ? null : JSON.stringify(passkey.proof),
      at: now,
    })
    .execute()
  return selectVotes(tx, [approval.id])
}

/** Whoever could fill a place of its stage. @throws Fault not_an_approver */
export function mustBeAsked(electorate: Electorate, approval: ApprovalRow, voter: string): void {
  mustBeAmong(electorate, stageOf(askedOf(approval), approval.stage).places, approval, voter, 'decided')
}

/**
 * Whoever could approve it as it stands, before they do.
 * @throws Fault not_an_approver, self_approval
 */
export async function mustBeAbleToApprove(db: Database | Tx, approval: ApprovalRow, actor: Member, now: Date) {
  const asked = askedOf(approval)
  const stage = stageOf(asked, approval.stage)
  const electorate = await readElectorate(db, approval.project_id, now, [actor.id], [stage])
  mustBeAsked(electorate, approval, actor.id)
  await mustNotBeOwn(db, actor, approval, asked)
}

/** Whoever could fill one of these places. @throws Fault not_an_approver: it says whose they are */
export function mustBeAmong(
  electorate: Electorate,
  places: readonly Place[],
  approval: ApprovalRow,
  voter: string,
  done: 'decided' | 'reviewed',
): void {
  const matter = matterOf(approval)
  if (places.some(({ all }) => all.every((set) => isIn(electorate, voter, set, matter)))) return
  throw new Fault('not_an_approver', { message: `This call is ${done} by ${placesText(electorate, places)}.` })
}

/** What events say of it. */
export function shownText(passkey: ShownWith | undefined): Record<string, unknown> {
  return passkey === undefined ? {} : { confirmed_with: { passkey_id: passkey.id, name: passkey.name } }
}

/** Says that somebody voted, and what is still needed. */
export function appendVote(
  { append }: Writing,
  approval: ApprovalRow,
  actor: Member,
  vote: Vote,
  { texts: needs }: Needed,
  passkey?: ShownWith,
): void {
  append({
    project_id: approval.project_id,
    kind: 'approval.voted',
    actor,
    execution_id: approval.execution_id,
    approval_id: approval.id,
    workspace_id: approval.workspace_id,
    data: { vote, stage: approval.stage, digest: approval.digest, needs, ...shownText(passkey) },
  })
}
