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
import type { Records } from '../records.ts'
import { askedOf, endsOf, stageOf } from './asked.ts'
import { canBeFilled, type Electorate, readElectorate } from './electorate.ts'
import { matterOf } from './matter.ts'

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
    const byTime = over ? asked.stages.length - 1 : ends.findIndex((end) => end.getTime() > now)
    // A stage never goes back, also when the clock does.
    let stage = Math.max(row.stage, byTime)
    for (let at = row.stage + 1; at <= stage; at++) appendEscalated(writing, row, asked, at, 'silence')
    if (!over && stage > row.stage) stage = await past(writing, row, asked, stage, electorates)
    const here = stage === row.stage ? row : { ...row, stage, stage_ends_at: ends[stage] ?? row.expires_at }
    if (stage !== row.stage) moved.push(here)
    if (over) silent.push(here)
    else waiting.push(here)
  }
  if (moved.length > 0) await updateStages(writing.tx, moved)
  await endSilent(core, writing, silent)
  return waiting
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
 * Goes past the stages that nobody is left in, and says so. The last one waits for its end.
 * @param stage the one that begins
 */
export async function past(
  writing: Writing,
  row: ApprovalRow,
  asked: AskedRecord,
  stage: number,
  electorates: ReturnType<typeof lazily>,
): Promise<number> {
  let at = stage
  for (; at < asked.stages.length - 1; at++) {
    const { places } = stageOf(asked, at)
    if (places.every(({ all }) => all.every((set) => set === 'anyone'))) return at
    const electorate = await electorates(row.project_id, asked)
    const without = asked.selfApproval === 'any' ? new Set<string>() : new Set([row.requested_by])
    if (canBeFilled(electorate, places, without, matterOf(row))) return at
    appendEscalated(writing, row, asked, at + 1, 'nobody_left')
  }
  return at
}

function appendEscalated(
  { append }: Writing,
  row: ApprovalRow,
  asked: AskedRecord,
  stage: number,
  reason: 'silence' | 'nobody_left',
): void {
  const { name, tell } = stageOf(asked, stage)
  append({
    project_id: row.project_id,
    kind: 'approval.escalated',
    actor: router,
    execution_id: row.execution_id,
    approval_id: row.id,
    workspace_id: row.workspace_id,
    data: { stage, stage_name: name, reason, from: stageOf(asked, stage - 1).name, tell },
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
