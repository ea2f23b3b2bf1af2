// What time does to approvals: the next stage, and in the end what the policy says of silence. It
// stands in rows, so that a router that was away does what was due, once and in order.
import type { AskedRecord } from '@xerotier/protocol/asked.ts'
import { lockDueApprovals, updateStages } from '../../store/approvals.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { endCalls } from '../attempts/end.ts'
import { type Writing, write } from '../events/write.ts'
import { moveApprovals } from '../lifecycles/approval.ts'
import { owners } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { askedOf, endsOf, stageOf } from './asked.ts'
import { type Electorate, readElectorate } from './electorate.ts'
import { type Left, votersFor, whereSomebodyIsLeft } from './left.ts'

const perTransaction = 500

/** Advances all that is due. Called every second. */
export async function advanceApprovals(core: Records & Pick<Attempts, 'calls'>): Promise<void> {
  for (;;) {
    const due = await write(core, async (writing) => {
      const rows = await lockDueApprovals(writing.tx, writing.now, perTransaction)
      await advance(core, writing, rows)
      return rows.length
    })
    if (due < perTransaction) return
  }
}

/**
 * Moves approvals to the stage that they are in by now.
 * @param rows locked, and pending
 * @returns those that still wait
 */
export async function advance(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  rows: readonly ApprovalRow[],
): Promise<ApprovalRow[]> {
  const waiting: ApprovalRow[] = []
  const silent: ApprovalRow[] = []
  const moved: ApprovalRow[] = []
  const electorates = lazily(writing)
  for (const row of rows) {
    const asked = askedOf(row)
    const ends = endsOf(asked, row.requested_at)
    const now = writing.now.getTime()
    const over = row.expires_at.getTime() <= now
    // What a shorter wait leaves no time for is not gone through.
    const last = asked.stages.findLastIndex(({ seconds }) => seconds > 0)
    const byTime = over ? last : ends.findIndex((end) => end.getTime() > now)
    // A stage never goes back, also when the clock does.
    const stage = Math.max(row.stage, byTime)
    for (let at = row.stage + 1; at <= stage; at++) appendEscalated(writing, row, asked, at, 'silence')
    const begins = !over && stage > row.stage
    const here = begins
      ? await beginStage(writing, row, asked, stage, electorates)
      : { ...row, stage, stage_ends_at: ends[stage] ?? row.expires_at }
    if (stage > row.stage) moved.push(changedIn(row, here))
    if (over) silent.push(here)
    else waiting.push(here)
  }
  await updateStages(writing.tx, moved)
  await endSilent(core, writing, silent)
  return waiting
}

/** Most change nothing of what is asked: it is large, and stays where it is. */
export function changedIn(before: ApprovalRow, here: ApprovalRow): ApprovalRow {
  return here.asked === before.asked ? { ...here, asked: null } : here
}

/** Who could decide, by project: read when somebody asks. */
export function lazily({ tx, now }: Writing) {
  const known = new Map<string, Promise<Electorate>>()
  return (projectId: string, asked: AskedRecord): Promise<Electorate> => {
    // Other approvals may name other keys: these stand in the key of what is remembered.
    const key = `${projectId} ${JSON.stringify(asked.stages.map(({ places }) => places))}`
    let electorate = known.get(key)
    if (electorate === undefined) {
      electorate = readElectorate(tx, projectId, now, [], asked.stages)
      known.set(key, electorate)
    }
    return electorate
  }
}

/**
 * Goes past the stages that too few are left in, and says so. The last one waits for its end.
 * @param stage the one that begins, or has begun
 */
export async function beginStage(
  writing: Writing,
  row: ApprovalRow,
  asked: AskedRecord,
  stage: number,
  electorates: ReturnType<typeof lazily>,
): Promise<ApprovalRow> {
  const named = stageOf(asked, stage).places.some(({ all }) => all.some((set) => set !== 'anyone'))
  const begun = named ? await leftOf(row, asked, stage, electorates) : { stage, asked, short: false }
  for (let at = stage + 1; at <= begun.stage; at++) appendEscalated(writing, row, begun.asked, at, 'nobody_left')
  if (begun.short) appendEscalated(writing, row, begun.asked, begun.stage, 'nobody_left', begun.stage)
  const ends = endsOf(asked, row.requested_at)
  return { ...row, stage: begun.stage, stage_ends_at: ends[begun.stage] ?? row.expires_at, asked: begun.asked }
}

async function leftOf(
  row: ApprovalRow,
  asked: AskedRecord,
  stage: number,
  electorates: ReturnType<typeof lazily>,
): Promise<Left> {
  const electorate = await electorates(row.project_id, asked)
  return whereSomebodyIsLeft(asked, stage, votersFor(electorate, row, asked.selfApproval))
}

function appendEscalated(
  { append }: Writing,
  row: ApprovalRow,
  asked: AskedRecord,
  stage: number,
  reason: 'silence' | 'nobody_left',
  from = stage - 1,
): void {
  const { name, tell } = stageOf(asked, stage)
  append({
    project_id: row.project_id,
    kind: 'approval.escalated',
    actor: router,
    execution_id: row.execution_id,
    approval_id: row.id,
    workspace_id: row.workspace_id,
    data: { stage, stage_name: name, reason, from: stageOf(asked, from).name, tell: from === stage ? [owners] : tell },
  })
}

async function endSilent(core: Pick<Attempts, 'calls'>, writing: Writing, rows: readonly ApprovalRow[]): Promise<void> {
  for (const to of ['expired', 'rejected'] as const) {
    const ended = rows.filter((row) => (askedOf(row).onTimeout === 'reject') === (to === 'rejected'))
    if (ended.length === 0) continue
    const then = to === 'rejected' ? ', and the policy rejects the call then' : ''
    const error = { code: 'approval_expired', message: `Nobody decided the approval in time${then}.` }
    await moveApprovals(
      writing,
      ended.map(({ id }) => id),
      { to, actor: router, data: { reason: 'silence' } },
    )
    await endCalls(
      core,
      writing,
      ended.map(({ execution_id }) => execution_id),
      {
        to,
        from: ['pending_approval'],
        error,
        actor: router,
      },
    )
  }
}
