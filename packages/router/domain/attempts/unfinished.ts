// What becomes of a call whose attempt ended without an answer (law L2).

import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { type Move, moveExecution } from '../lifecycles/execution.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'

/** Attempts of one execution before it fails for good. */
const attemptLimit = 8
const inFlight: ExecutionState[] = ['dispatched', 'running']
const cancelledMessage = 'The call was cancelled, and its agent does not run it.'

/**
 * It runs again, at this or another agent: only for a call that never started or that may run twice. An at-most-once call
 * that its record shows as started becomes ambiguous instead, whatever was said since.
 */
export async function requeue(
  core: Records & Pick<Attempts, 'calls' | 'dispatcher'>,
  row: ExecutionRow,
  reason: string,
): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  const moved = await core.store.db.transaction().execute(async (tx) => {
    // As the record has it, locked: a start or a cancel that was answered must not be lost to a row in memory that is older.
    const current = await tx
      .selectFrom('executions')
      .select(['state', 'cancel_requested_at'])
      .where('id', '=', row.id)
      .forUpdate()
      .executeTakeFirst()
    if (current === undefined) return undefined
    if (row.at_most_once && current.state === 'running')
      return moveExecution(tx, row.id, ambiguousMove(row, startedThen(reason), at))
    const about = { from: inFlight, attempt: row.attempt, actor: 'router', at }
    if (current.cancel_requested_at !== null) {
      return moveExecution(tx, row.id, {
        ...about,
        to: 'cancelled',
        set: { finished_at: at, error: JSON.stringify({ code: 'execution_cancelled', message: cancelledMessage }) },
        data: { reason },
      })
    }
    if (row.attempt >= attemptLimit) {
      const message = `The call was given to agents ${row.attempt} times and never ran: ${reason}.`
      return moveExecution(tx, row.id, failedMove(row, 'agent_refused', message, at))
    }
    return moveExecution(tx, row.id, {
      ...about,
      to: 'queued',
      set: { agent_id: null, started_at: null, queue_deadline: core.dispatcher.queueDeadline() },
      data: { reason },
    })
  })
  if (moved?.state === 'queued') {
    core.log.notice({ execution_id: row.id, attempt: row.attempt, reason }, 'the call was queued again')
    core.eventLog.wake()
    core.dispatcher.queued(row)
    return core.dispatcher.wake(row.project_id)
  }
  if (moved?.state === 'ambiguous') warnOfDoubt(core, row, startedThen(reason))
  settled(core, row, moved)
}

/** Nobody knows whether it ran: a person must look (`xeroctl exec resolve`). */
export async function markAmbiguous(
  core: Records & Pick<Attempts, 'calls' | 'dispatcher'>,
  row: ExecutionRow,
  reason: string,
): Promise<void> {
  core.calls.remove(row)
  warnOfDoubt(core, row, reason)
  const move = ambiguousMove(row, reason, new Date(core.clock.now()))
  settled(core, row, await core.store.db.transaction().execute((tx) => moveExecution(tx, row.id, move)))
}

/** It did not run and will not. An at-most-once call that its record shows as started becomes ambiguous instead. */
export async function giveUp(
  core: Records & Pick<Attempts, 'calls' | 'dispatcher'>,
  row: ExecutionRow,
  code: string,
  message: string,
): Promise<void> {
  core.calls.remove(row)
  const at = new Date(core.clock.now())
  const moved = await core.store.db.transaction().execute(async (tx) => {
    if (!row.at_most_once) return moveExecution(tx, row.id, failedMove(row, code, message, at))
    const failed = await moveExecution(tx, row.id, { ...failedMove(row, code, message, at), from: ['dispatched'] })
    return failed ?? moveExecution(tx, row.id, { ...ambiguousMove(row, startedThen(message), at), from: ['running'] })
  })
  if (moved?.state === 'ambiguous') warnOfDoubt(core, row, startedThen(message))
  settled(core, row, moved)
}

const startedThen = (reason: string) => `The call had started, but then: ${reason}`

function ambiguousMove(row: ExecutionRow, reason: string, at: Date): Move {
  return {
    to: 'ambiguous',
    attempt: row.attempt,
    set: { finished_at: at, error: JSON.stringify({ code: 'execution_interrupted', message: reason }) },
    actor: 'router',
    at,
    data: { reason },
  }
}

function failedMove(row: ExecutionRow, code: string, message: string, at: Date): Move {
  return {
    to: 'failed',
    from: inFlight,
    attempt: row.attempt,
    set: { finished_at: at, error: JSON.stringify({ code, message }) },
    actor: 'router',
    at,
    data: { error: { code, message } },
  }
}

function warnOfDoubt(core: Pick<Records, 'log'>, { id, attempt, agent_id }: ExecutionRow, reason: string): void {
  core.log.warning({ execution_id: id, attempt, agent_id, reason }, 'the call became ambiguous')
}

/** @param moved as it is now; undefined when somebody else ended the attempt */
function settled(
  core: Pick<Records, 'eventLog'> & Pick<Attempts, 'calls' | 'dispatcher'>,
  row: ExecutionRow,
  moved: ExecutionRow | undefined,
): void {
  // Its place is free, whoever ended the call.
  core.dispatcher.wake(row.project_id)
  if (moved === undefined) return
  core.calls.settled(moved)
  core.eventLog.wake()
}
