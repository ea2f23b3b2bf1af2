// Approved calls that wait for their window. What holds them is a row, and a duty looks every
// second.
import { lockHeldApprovals } from '../../store/approvals.ts'
import { lockExecution } from '../../store/executions.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { whatChanged } from '../attempts/changed.ts'
import { refusedNow } from '../attempts/refused-now.ts'
import { refuseApproved, voidApproval } from '../attempts/void.ts'
import { type Writing, write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Policies } from '../policy/book.ts'
import type { CompiledSpan } from '../policy/compile.ts'
import type { Records } from '../records.ts'
import { askedOf } from './asked.ts'
import { dispatchOrQueue } from './dispatch.ts'

const perSweep = 100

/** When all that it waits for are open; undefined when they are now. Milliseconds since 1970. */
export function opensAt(core: Policies, approval: ApprovalRow, now: number): number | undefined {
  const { waits } = askedOf(approval)
  if (waits.length === 0) return undefined
  const { spans } = core.policies.of(approval.project_id, approval.workspace_id).compiled
  const held = spans.filter(({ name, closed }) => closed === 'wait' && waits.includes(name))
  let at = now
  // One may close before another opens: looked at again, some times.
  for (let turn = 0; turn < 50; turn++) {
    const next = Math.max(at, ...held.map((span) => openFrom(span, at)))
    if (next === at) break
    at = next
  }
  return at > now ? at : undefined
}

function openFrom({ times, freeze }: CompiledSpan, at: number): number {
  if (freeze) return times.endOf(at)
  return times.includes(at) ? at : (times.nextAfter(at) ?? at)
}

/** Lets go what has waited long enough. Called every second. */
export async function releaseHeld(
  core: Records & FleetView & Policies & Pick<Attempts, 'calls' | 'dispatcher'>,
): Promise<void> {
  await write(core, async (writing) => {
    for (const approval of await lockHeldApprovals(writing.tx, writing.now, perSweep))
      await release(core, writing, approval)
  })
}

async function release(
  core: FleetView & Policies & Pick<Attempts, 'calls' | 'dispatcher'>,
  writing: Writing,
  approval: ApprovalRow,
): Promise<void> {
  // What it waits for may have closed again, or the policy is another.
  const opens = approval.state === 'approved' ? opensAt(core, approval, writing.now.getTime()) : undefined
  const runs_at = opens === undefined ? null : new Date(opens)
  await writing.tx.updateTable('approvals').set({ runs_at }).where('id', '=', approval.id).execute()
  if (runs_at !== null) return
  const call = await lockExecution(writing.tx, approval.execution_id)
  if (call?.state !== 'pending_approval' || approval.state !== 'approved') return
  const changed = whatChanged(core, call)
  if (changed !== undefined) {
    await voidApproval(core, writing, approval.id, call, `${changed} after the call was approved.`)
    return
  }
  const refusal = await refusedNow(core, writing.tx, call, writing.now.getTime())
  if (refusal === undefined) await dispatchOrQueue(core, writing, call, approval, router)
  else await refuseApproved(core, writing, approval.id, call, refusal, router)
}
