// The one function behind every door that decides: API, CLI, and whatever comes later.
import type { Approval, decisionSchema } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { saysSomething } from '@xerotier/protocol/ids.ts'
import { sameSecret } from '@xerotier/runtime/digest.ts'
import type { Updateable } from 'kysely'
import type { z } from 'zod'
import { lockApproval } from '../../store/approvals.ts'
import { lockExecution } from '../../store/executions.ts'
import type { ApprovalRow, ExecutionRow, Tables } from '../../store/tables.ts'
import { selectVotes } from '../../store/votes.ts'
import { cameBy, type Member, router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { whatChanged } from '../attempts/changed.ts'
import { endCall } from '../attempts/end.ts'
import { refusedNow } from '../attempts/refused-now.ts'
import { refuseApproved, voidApproval } from '../attempts/void.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import { isUuid } from '../page.ts'
import type { Policies } from '../policy/book.ts'
import type { Records } from '../records.ts'
import { callDigest } from '../tools/call-digest.ts'
import { advance } from './advance.ts'
import { askedOf, stageOf } from './asked.ts'
import { appendBrokenGlass, breakGlass } from './break-glass.ts'
import { dispatchOrQueue, movedOn } from './dispatch.ts'
import { approversOf, canBeFilled, type Electorate, electorateOf, readElectorate, votersOf } from './electorate.ts'
import { opensAt } from './held.ts'
import { matterOf } from './matter.ts'
import { stillNeeded } from './needed.ts'
import { asOf } from './present.ts'
import { mustNotBeOwn } from './requester.ts'
import { showApproval } from './show.ts'
import { appendVote, mustBeAsked, recordVote, type ShownWith, shownText } from './vote.ts'

export type Decision = 'approve' | 'reject' | 'withdraw' | 'break_glass'

/** How somebody decides, besides by what they say. */
export interface Means {
  /** Takes what the decision is made with, in its transaction, once nobody else decides. */
  claim?: (writing: Writing) => Promise<void>
  /** What they have confirmed it with: exactly this decision on this digest. */
  passkey?: ShownWith
}

type Deciding = Records &
  FleetView &
  Policies &
  Pick<Attempts, 'calls' | 'dispatcher'> & {
    /** Where people reach the router. */
    publicUrl?: () => string
  }
type Body = z.infer<typeof decisionSchema>
type Requested = ApprovalRow & { requested_by_name: string | null }

/** A refusal that changes the record is returned, not thrown: the change must commit. */
type Outcome = { fault: Fault } | { approval: ApprovalRow }

/**
 * Takes one vote. The last one that is wanted decides: approved, the call is dispatched in the same
 * transaction where an agent is free.
 * @throws Fault approval_not_found, approval_already_decided, approval_expired, approval_voided
 * @throws Fault confirmation_required, reason_required, self_approval, not_an_approver
 * @throws Fault break_glass_not_allowed, policy_refused, passkey_required
 */
export async function decideApproval(
  core: Deciding & Directory,
  actor: Member,
  approvalId: string,
  decision: Decision,
  body: Body,
  means: Means = {},
): Promise<Approval> {
  if (!isUuid(approvalId)) throw new Fault('approval_not_found')
  const outcome = await write(core, async (writing): Promise<Outcome> => {
    const locked = await lockApproval(writing.tx, actor.projectId, approvalId)
    if (locked === undefined) throw new Fault('approval_not_found')
    requireWorkspace(actor, locked.workspace_id)
    if (locked.state !== 'pending') throw decidedFault(locked)
    await means.claim?.(writing)
    const [advanced] = await advance(core, writing, [locked])
    if (advanced === undefined) return { fault: decidedFault(asOf(locked, writing.now.getTime())) }
    const approval = { ...locked, ...advanced }
    mustBeThisOne(approval, body)
    switch (decision) {
      case 'reject':
        return reject(core, writing, approval, actor, body)
      case 'withdraw':
        return withdraw(writing, approval, actor, body)
      default:
        return approve(core, writing, approval, actor, body, { decision, passkey: means.passkey })
    }
  })
  if ('fault' in outcome) throw outcome.fault
  return showApproval(core, actor, outcome.approval.id)
}

/** @throws Fault approval_voided */
export function mustBeThisOne(approval: ApprovalRow, { digest }: { digest?: string | undefined }): void {
  if (digest === undefined || sameSecret(digest, approval.digest)) return
  throw new Fault('approval_voided', {
    param: 'digest',
    message: 'The digest is not that of this approval, which stays pending: look at it again before you decide.',
  })
}

export function decidedFault(approval: ApprovalRow): Fault {
  if (approval.state === 'expired') return new Fault('approval_expired')
  if (approval.state === 'voided') return new Fault('approval_voided')
  return new Fault('approval_already_decided', { message: `The approval is already ${approval.state}.` })
}

interface Approving {
  decision: 'approve' | 'break_glass'
  passkey: ShownWith | undefined
}

async function approve(
  core: Deciding,
  writing: Writing,
  approval: Requested,
  actor: Member,
  body: Body,
  { decision, passkey }: Approving,
): Promise<Outcome> {
  const call = await lockExecution(writing.tx, approval.execution_id)
  if (call === undefined) throw new Error('an approval without its call')
  if (!sameSecret(callDigest(call), approval.digest) || whatChanged(core, call) !== undefined) {
    await voidApproval(core, writing, approval.id, call, 'What was to be approved has changed.')
    return { fault: new Fault('approval_voided') }
  }
  const asked = askedOf(approval)
  const electorate = await electorateFor(writing, approval, actor)
  // Whoever may not is not asked to type anything first.
  if (decision === 'break_glass') {
    const { skipped, dueAt } = breakGlass(electorate, approval, actor, writing.now)
    mustBeConfirmed(approval, body)
    await recordVote(writing, approval, actor, 'break_glass', body.note)
    appendBrokenGlass(writing, approval, actor, { reason: body.note, skipped, review_due_at: dueAt.toISOString() })
    return settle(core, writing, approval, call, actor, body, { review_due_at: dueAt })
  }
  mustBeAsked(electorate, approval, actor.id)
  await mustNotBeOwn(writing.tx, actor, approval, asked)
  mustBeConfirmed(approval, body)
  if (asked.requireReason && !saysSomething(body.note ?? '')) throw new Fault('reason_required', { param: 'note' })
  mustBeShown(core, approval, passkey)
  const votes = await recordVote(writing, approval, actor, 'approve', body.note, passkey)
  const needed = stillNeeded(electorate, approval, votes)
  if (needed.approvals === 0) return settle(core, writing, approval, call, actor, body, {}, passkey)
  appendVote(writing, approval, actor, 'approve', needed, passkey)
  return { approval }
}

/** Who could decide now; nothing is read where one key decides alone. */
async function electorateFor({ tx, now }: Writing, approval: ApprovalRow, actor: Member): Promise<Electorate> {
  const stage = stageOf(askedOf(approval), approval.stage)
  const [place, ...others] = stage.places
  if (actor.kind === 'key' && others.length === 0 && place?.all.every((set) => set === 'anyone') === true)
    return electorateOf(actor, now)
  const voters = (await selectVotes(tx, [approval.id])).map(({ voter }) => voter)
  return readElectorate(tx, approval.project_id, now, [actor.id, ...voters], [stage])
}

/** Approves it for good: it runs, or waits for the end of a freeze or the beginning of a window. */
async function settle(
  core: Deciding,
  writing: Writing,
  approval: Requested,
  call: ExecutionRow,
  actor: Member,
  body: Body,
  set: Updateable<Tables['approvals']>,
  passkey?: ShownWith,
): Promise<Outcome> {
  const refusal = 'review_due_at' in set ? undefined : await refusedNow(core, writing.tx, call, writing.now.getTime())
  if (refusal !== undefined) {
    await refuseApproved(core, writing, approval.id, call, refusal, router)
    return { fault: new Fault('policy_refused', { message: refusal }) }
  }
  const runsAt = 'review_due_at' in set ? undefined : opensAt(core, approval, writing.now.getTime())
  const held = runsAt === undefined ? {} : { runs_at: new Date(runsAt) }
  const approved = await decide(writing, approval, 'approved', actor, body, { ...set, ...held }, passkey)
  if (runsAt === undefined) await dispatchOrQueue(core, writing, call, approval, actor)
  return { approval: approved }
}

async function withdraw(writing: Writing, approval: ApprovalRow, actor: Member, body: Body): Promise<Outcome> {
  const before = await selectVotes(writing.tx, [approval.id])
  if (!approversOf(before).has(actor.id))
    throw new Fault('illegal_transition', { message: 'You have not approved this call, or have taken it back.' })
  const votes = await recordVote(writing, approval, actor, 'withdraw', body.note)
  const electorate = await electorateFor(writing, approval, actor)
  appendVote(writing, approval, actor, 'withdraw', stillNeeded(electorate, approval, votes))
  return { approval }
}

/** Whoever types another name looks at another call, whatever its risk. */
function mustBeConfirmed({ tool, risk }: ApprovalRow, { confirm }: Body): void {
  if (confirm !== undefined && confirm !== tool) {
    throw new Fault('confirmation_required', {
      param: 'confirm',
      message: `What was typed is not the tool of this call: confirm it by typing ${tool}.`,
    })
  }
  if (risk === 'irreversible' && confirm === undefined) {
    throw new Fault('confirmation_required', {
      param: 'confirm',
      message: `This call cannot be undone: confirm it by typing ${tool}.`,
    })
  }
}

/** Neither a key nor a link shows one: that is done where an authenticator is asked. */
function mustBeShown({ publicUrl }: Deciding, approval: ApprovalRow, passkey: ShownWith | undefined): void {
  if (askedOf(approval).requirePasskey !== true || passkey !== undefined) return
  const place = `${publicUrl?.() ?? ''}/ops/approvals?id=${approval.id}`
  throw new Fault('passkey_required', { message: `This call is approved with a passkey, at the dashboard: ${place}` })
}

async function reject(
  core: Deciding,
  writing: Writing,
  approval: Requested,
  actor: Member,
  body: Body,
): Promise<Outcome> {
  const asked = askedOf(approval)
  const electorate = await electorateFor(writing, approval, actor)
  // Whoever asked may take it back, whoever else decides.
  const own = actor.id === approval.requested_by
  if (!own) mustBeAsked(electorate, approval, actor.id)
  const votes = await recordVote(writing, approval, actor, 'reject', body.note)
  if (!own && !asked.oneRejectEnds) {
    const against = votersOf(votes, 'reject')
    const { places } = stageOf(asked, asked.stages.length - 1)
    if (canBeFilled(electorate, places, against, matterOf(approval))) {
      appendVote(writing, approval, actor, 'reject', stillNeeded(electorate, approval, votes))
      return { approval }
    }
  }
  const rejected = await decide(writing, approval, 'rejected', actor, body, {})
  const ended = await endCall(core, writing, approval.execution_id, {
    to: 'rejected',
    from: ['pending_approval'],
    actor,
    data: { approval_id: approval.id, ...(body.note === undefined ? {} : { note: body.note }) },
  })
  if (ended === undefined) throw movedOn()
  return { approval: rejected }
}

async function decide(
  writing: Writing,
  approval: ApprovalRow,
  to: 'approved' | 'rejected',
  actor: Member,
  { note }: Body,
  set: Updateable<Tables['approvals']>,
  passkey?: ShownWith,
): Promise<ApprovalRow> {
  const { key, door } = cameBy(actor)
  const decided = await moveApproval(writing, approval.id, {
    to,
    set: { ...set, decided_by: actor.id, decided_key: key, decided_door: door, note: note ?? null },
    actor,
    data: { digest: approval.digest, ...(note === undefined ? {} : { note }), ...shownText(passkey) },
  })
  if (decided === undefined) throw new Error('a locked approval was decided by somebody else')
  return decided
}
