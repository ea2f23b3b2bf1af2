// What becomes of a call whose attempt ended without an answer (law L2).
import type { ExecutionRow } from '../../store/tables.ts'
import type { Core } from '../core.ts'
import { type Move, moveExecution } from './move.ts'

/** Attempts of one execution before it fails for good. */
const attemptLimit = 8

/** It runs again, at this or another agent: only for a call that never started or that may run twice. */
export async function requeue(core: Core, row: ExecutionRow, reason: string): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  const about = { attempt: row.attempt, actor: 'router', at, data: { reason } }
  if (row.attempt >= attemptLimit && row.cancel_requested_at === null) {
    return giveUp(
      core,
      row,
      'agent_refused',
      `The call was given to agents ${row.attempt} times and never ran: ${reason}.`,
    )
  }
  const moved = await core.store.db.transaction().execute(async (tx) => {
    // As the record has it, locked: a cancel that was answered must not be lost to a row in memory that is older.
    const current = await tx
      .selectFrom('executions')
      .select('cancel_requested_at')
      .where('id', '=', row.id)
      .forUpdate()
      .executeTakeFirst()
    if (current !== undefined && current.cancel_requested_at !== null)
      return moveExecution(tx, row.id, { to: 'cancelled', set: { finished_at: at }, ...about })
    return moveExecution(tx, row.id, {
      to: 'queued',
      from: ['dispatched', 'running'],
      set: { agent_id: null, started_at: null, queue_deadline: core.dispatcher.queueDeadline() },
      ...about,
    })
  })
  if (moved === undefined) return core.dispatcher.wake(row.project_id)
  if (moved.state === 'cancelled') {
    core.dispatcher.wake(row.project_id)
    core.calls.settled(moved)
    core.eventLog.wake()
    return
  }
  core.log.notice({ execution_id: row.id, attempt: row.attempt, reason }, 'the call was queued again')
  core.eventLog.wake()
  core.dispatcher.queued(row)
  core.dispatcher.wake(row.project_id)
}

/** Nobody knows whether it ran: a person must look (`xeroctl exec resolve`). */
export async function markAmbiguous(core: Core, row: ExecutionRow, reason: string): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  core.log.warning(
    { execution_id: row.id, attempt: row.attempt, agent_id: row.agent_id, reason },
    'the call became ambiguous',
  )
  await settleMove(core, row, {
    to: 'ambiguous',
    attempt: row.attempt,
    set: { finished_at: at, error: JSON.stringify({ code: 'execution_interrupted', message: reason }) },
    actor: 'router',
    at,
    data: { reason },
  })
}

/** It did not run and will not. */
export async function giveUp(core: Core, row: ExecutionRow, code: string, message: string): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  await settleMove(core, row, {
    to: 'failed',
    attempt: row.attempt,
    set: { finished_at: at, error: JSON.stringify({ code, message }) },
    actor: 'router',
    at,
    data: { error: { code, message } },
  })
}

async function settleMove(core: Core, row: ExecutionRow, move: Move): Promise<void> {
  const moved = await core.store.db.transaction().execute((tx) => moveExecution(tx, row.id, move))
  // Its place is free, whoever ended the call.
  core.dispatcher.wake(row.project_id)
  if (moved === undefined) return
  core.calls.settled(moved)
  core.eventLog.wake()
}
