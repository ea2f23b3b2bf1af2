import type { AskedRecord } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { SelfApproval } from '@xerotier/protocol/self-approval.ts'
import type { Database, Tx } from '../../store/database.ts'
import { selectProject } from '../../store/projects.ts'
import type { VoteRow } from '../../store/votes.ts'
import { cameBy, type Member } from '../actor.ts'
import { maySelfApprove, readParty } from '../people/self-approval.ts'

/** Who asked, as the record names them. */
export interface Requester {
  requested_by: string
  requested_key: string | null
}

/**
 * Whether the actor may decide on what was asked, as far as nobody approves their own calls: the
 * person counts, over all of their keys, and what made a key. A one-person project may switch this
 * off.
 * @param mode of the policy; null where the settings of the project say
 */
export async function mayDecide(
  db: Database | Tx,
  actor: Member,
  requester: Requester,
  mode: SelfApproval | null,
): Promise<boolean> {
  if (actor.kind === 'agent') return false
  const asked = await readParty(db, requester.requested_by, requester.requested_key)
  const decides = await readParty(db, actor.id, cameBy(actor).key)
  return maySelfApprove(mode ?? (await selfApprovalOf(db, actor.projectId)), asked, decides)
}

/** @throws Fault self_approval: it names the setting that forbids it */
export async function mustNotBeOwn(
  db: Database | Tx,
  actor: Member,
  requester: Requester,
  { selfApproval, policy }: AskedRecord,
): Promise<void> {
  if (await mayDecide(db, actor, requester, selfApproval)) return
  const setting =
    selfApproval === null
      ? 'the project says `allow_self_approval: false`'
      : `the policy ${policy.name} says \`self_approval: ${selfApproval}\``
  throw new Fault('self_approval', { message: `Requesters cannot approve their own calls: ${setting}.` })
}

/** Whether those who approved it may have, where nobody approves what they asked for. */
export async function approversMayDecide(
  db: Database | Tx,
  approval: Requester & { project_id: string },
  votes: readonly VoteRow[],
  mode: SelfApproval | null,
): Promise<boolean> {
  const asked = await readParty(db, approval.requested_by, approval.requested_key)
  const allowed = mode ?? (await selfApprovalOf(db, approval.project_id))
  for (const { vote, voter, voter_key } of votes) {
    if (vote === 'approve' && !maySelfApprove(allowed, asked, await readParty(db, voter, voter_key))) return false
  }
  return true
}

async function selfApprovalOf(db: Database | Tx, projectId: string): Promise<SelfApproval> {
  const project = await selectProject(db, projectId)
  return project?.allow_self_approval === true ? 'any' : 'service_keys'
}
