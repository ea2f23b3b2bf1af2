// Another policy decides from now on. What waits for approvals is looked at again, in the very
// transaction that changes it: what it would not have granted the same way is voided and asked
// again. What runs goes on.
import type { PendingOutcome } from '@xerotier/protocol/api/policies.ts'
import type { Asked, AskedRecord, AskedStage } from '@xerotier/protocol/asked.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { saysSomething } from '@xerotier/protocol/ids.ts'
import { waitingExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import type { SelfApproval } from '@xerotier/protocol/self-approval.ts'
import { lockUndispatchedApprovals, type UndispatchedApproval } from '../../store/approvals.ts'
import { lockExecution } from '../../store/executions.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { selectVotes } from '../../store/votes.ts'
import type { Actor } from '../actor.ts'
import { askedOf } from '../approvals/asked.ts'
import { count, readElectorate } from '../approvals/electorate.ts'
import { evaluateOn } from '../approvals/evaluate-call.ts'
import { votersFor, widened } from '../approvals/left.ts'
import { matterOf } from '../approvals/matter.ts'
import { insertApproval } from '../approvals/request.ts'
import { approversMayDecide } from '../approvals/requester.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { refuseApproved } from '../attempts/void.ts'
import type { Writing } from '../events/write.ts'
import { newUuid } from '../ids.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { ActivePolicy } from '../policy/book.ts'
import type { Evaluation } from '../policy/evaluate.ts'
import { listed, placeText } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { callDigest } from '../tools/call-digest.ts'

type Revalidating = Pick<Records, 'clock'> & Pick<Attempts, 'calls'>

/**
 * @param policyOf the policy that decides from now on in a workspace; undefined where it stays
 * @param apply whether to do it, or only to say what would become of each
 */
export async function revalidate(
  core: Revalidating,
  writing: Writing,
  projectId: string,
  workspaceIds: readonly string[] | null,
  policyOf: (workspaceId: string) => ActivePolicy | undefined,
  actor: Actor,
  apply: boolean,
): Promise<PendingOutcome[]> {
  const outcomes: PendingOutcome[] = []
  for (const approval of await lockUndispatchedApprovals(writing.tx, projectId, workspaceIds)) {
    const policy = policyOf(approval.workspace_id)
    if (policy === undefined) continue
    const evaluation = evaluate(core, policy, approval)
    const wanted = await outcomeOf(writing, approval, evaluation)
    const isDone =
      !apply || wanted === 'stands' || (await changeOver(core, writing, approval, policy, evaluation, wanted, actor))
    const outcome = isDone ? wanted : 'stands'
    outcomes.push({
      approval_id: approval.id,
      execution_id: approval.execution_id,
      workspace: approval.workspace_name,
      tool: approval.tool,
      outcome,
      before: inWords({ decision: 'ask', asked: askedOf(approval) }),
      after: inWords(evaluation),
    })
  }
  return outcomes
}

function evaluate(core: Revalidating, policy: ActivePolicy, approval: UndispatchedApproval): Evaluation {
  const { facts } = askedOf(approval)
  const { labels } = facts
  const tool = {
    name: approval.tool,
    risk: approval.tool_risk ?? approval.risk,
    bundle: labels.bundle ?? '',
    domain: labels.domain ?? '',
  }
  const workspace = { id: approval.workspace_id, name: approval.workspace_name, type: approval.workspace_type }
  // As it was asked for: a window that has closed since does not void what was asked in time.
  const call = { workspace, tool, args: approval.args, at: approval.requested_at.getTime() }
  return evaluateOn(core, policy, call, facts)
}

async function outcomeOf(
  { tx, now }: Writing,
  approval: UndispatchedApproval,
  evaluation: Evaluation,
): Promise<PendingOutcome['outcome']> {
  if (evaluation.decision === 'refuse') return 'refused'
  // What would run unasked by now goes on as it was asked for: a change speeds nothing up.
  if (evaluation.asked === undefined) return 'stands'
  const asked = askedOf(approval)
  if (approval.state === 'pending') {
    const next = { ...evaluation.asked, stages: await asItStands({ tx, now }, approval, asked, evaluation.asked) }
    return sameDemand(asked, next) && approval.risk === evaluation.risk ? 'stands' : 'asked_again'
  }
  const stands =
    approval.risk === evaluation.risk && (await isGrantedBy({ tx, now }, approval, asked, evaluation.asked))
  return stands ? 'stands' : 'asked_again'
}

/** Whether what was approved already has all that the next policy wants. */
async function isGrantedBy(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  approval: UndispatchedApproval,
  asked: AskedRecord,
  next: Asked,
): Promise<boolean> {
  const votes = await selectVotes(tx, [approval.id])
  if (votes.some(({ vote }) => vote === 'break_glass')) return true
  const stage = next.stages[Math.min(approval.stage, next.stages.length - 1)]
  if (stage === undefined || next.waits.some((name) => !asked.waits.includes(name))) return false
  if (next.requireReason && !saysSomething(approval.note ?? '')) return false
  if (next.requirePasskey === true && votes.some(({ vote, passkey_id }) => vote === 'approve' && passkey_id === null))
    return false
  const voters = votes.map(({ voter }) => voter)
  const electorate = await readElectorate(tx, approval.project_id, now, voters, [stage])
  if (count(electorate, stage.places, votes, matterOf(approval)).missing.length > 0) return false
  return isStricter(next.selfApproval, asked.selfApproval)
    ? approversMayDecide(tx, approval, votes, next.selfApproval)
    : true
}

function isStricter(one: SelfApproval | null, other: SelfApproval | null): boolean {
  const level = (mode: SelfApproval | null) => ['any', 'service_keys', 'none'].indexOf(mode ?? 'service_keys')
  return level(one) > level(other)
}

/** The stages of the next policy, with the owners where they stand in for others already. */
async function asItStands(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  approval: UndispatchedApproval,
  { stages, selfApproval }: AskedRecord,
  next: Asked,
): Promise<AskedStage[]> {
  if (!stages.some(({ short }) => short)) return next.stages
  const electorate = await readElectorate(tx, approval.project_id, now, [], next.stages)
  const voters = votersFor(electorate, approval, selfApproval)
  return next.stages.map((stage, at) => (stages[at]?.short ? { ...stage, places: widened(stage, voters) } : stage))
}

type Demand = Pick<
  ReturnType<typeof askedOf>,
  'stages' | 'onTimeout' | 'requireReason' | 'requirePasskey' | 'selfApproval' | 'waits' | 'oneRejectEnds'
>

function sameDemand(one: Demand, other: Demand): boolean {
  const text = ({ stages, onTimeout, requireReason, requirePasskey, selfApproval, waits, oneRejectEnds }: Demand) =>
    // Canonical: what was stored comes back with its members in another order.
    canonicalJson([
      stages.map(({ places, seconds }) => [places, seconds]),
      onTimeout,
      requireReason,
      requirePasskey === true,
      selfApproval ?? 'service_keys',
      waits,
      oneRejectEnds,
    ])
  return text(one) === text(other)
}

async function changeOver(
  core: Revalidating,
  writing: Writing,
  approval: UndispatchedApproval,
  policy: ActivePolicy,
  evaluation: Evaluation,
  outcome: 'asked_again' | 'refused',
  actor: Actor,
): Promise<boolean> {
  const call = await lockExecution(writing.tx, approval.execution_id)
  if (call === undefined) throw new Error('an approval without its call')
  // An agent got it meanwhile: what runs goes on.
  if (!waitingExecutionStates.includes(call.state)) return false
  const message = `The policy changed: it is now version ${policy.version} of ${policy.name}.`
  if (outcome === 'asked_again') await askAgain(writing, approval, call, { policy, evaluation }, message, actor)
  else await refuseApproved(core, writing, approval.id, call, `${message} ${evaluation.refusals.join(' ')}`, actor)
  return true
}

/**
 * The same call under the new policy: another digest, another approval, and nobody's votes. What
 * was approved and queued waits again.
 */
async function askAgain(
  writing: Writing,
  approval: UndispatchedApproval,
  call: ExecutionRow,
  { policy, evaluation }: { policy: ActivePolicy; evaluation: Evaluation },
  reason: string,
  actor: Actor,
): Promise<void> {
  const id = newUuid(writing.now.getTime())
  await moveApproval(writing, approval.id, { to: 'voided', actor, data: { reason, asked_again: id } })
  const row = { ...call, policy_version: policy.number, approval_id: id }
  row.digest = callDigest(row)
  const set = { policy_version: row.policy_version, digest: row.digest, approval_id: id }
  if (call.state === 'queued') {
    const move = { to: 'pending_approval' as const, from: ['queued' as const], set: { ...set, queue_deadline: null } }
    await moveExecution(writing, call.id, { ...move, actor, data: { reason } })
  } else await writing.tx.updateTable('executions').set(set).where('id', '=', call.id).execute()
  await insertApproval(writing, id, row, actor, { policy, evaluation, facts: askedOf(approval).facts })
}

export function inWords({ decision, asked }: Pick<Evaluation, 'decision' | 'asked'>): string {
  if (decision === 'allow') return 'runs'
  if (decision === 'refuse' || asked === undefined) return 'refused'
  const places = asked.stages[0]?.places ?? []
  const minutes = asked.stages.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  return `asks ${listed(places.map(placeText)).join(' + ')} (${Math.round(minutes)} min)`
}
