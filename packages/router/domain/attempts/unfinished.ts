// What becomes of a call whose attempt ended without an answer (law L2).

import { inFlightExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { countLostAgents } from '../../store/events.ts'
import { lockExecution } from '../../store/executions.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { type End, endCall } from './end.ts'

type Ending = Records & Pick<Attempts, 'calls' | 'dispatcher'>

/** Attempts of one execution before it fails for good. */
const attemptLimit = 8
/** Agents that may be lost with one execution: it may be what takes them down. */
const lostAgentsLimit = 3
const cancelledMessage = 'The call was cancelled, and its agent does not run it.'

/**
 * The call runs again, at this or another agent, because it never started or may run twice. An
 * at-most-once call that its record shows as started becomes ambiguous instead.
 * @param lost its agent went without a goodbye while it had the call
 */
export async function requeue(
  core: Ending,
  row: ExecutionRow,
  reason: string,
  { lost = false }: { lost?: boolean } = {},
): Promise<void> {
  core.calls.remove(row)
  const about = { from: inFlightExecutionStates, attempt: row.attempt, actor: router }
  const moved = await write(core, async (writing) => {
    // The row in memory may be older than a start or a cancel that was answered.
    const current = await lockExecution(writing.tx, row.id)
    if (current === undefined) return undefined
    if (row.at_most_once && current.state === 'running') {
      return endCall(core, writing, row.id, ambiguousEnd(row, startedThen(reason)))
    }
    if (current.cancel_requested_at !== null) {
      const error = { code: 'execution_cancelled', message: cancelledMessage }
      return endCall(core, writing, row.id, { ...about, to: 'cancelled', error, data: { reason } })
    }
    if (row.attempt >= attemptLimit) {
      const message = `The call was given to agents ${row.attempt} times and never ran: ${reason.replace(/\.$/, '')}.`
      return endCall(core, writing, row.id, failedEnd(row, 'agent_refused', message))
    }
    if (lost && (await countLostAgents(writing.tx, row.id)) + 1 >= lostAgentsLimit) {
      const message = `${lostAgentsLimit} agents were lost while they had the call, so it is given to no other: ${reason.replace(/\.$/, '')}.`
      return endCall(core, writing, row.id, failedEnd(row, 'execution_failed', message))
    }
    return moveExecution(writing, row.id, {
      ...about,
      to: 'queued',
      set: { agent_id: null, started_at: null, queue_deadline: core.dispatcher.queueDeadline() },
      data: { reason, ...(lost ? { lost } : {}) },
    })
  })
  if (moved?.state === 'queued') {
    const { id: execution_id, attempt, agent_id } = row
    core.log.notice({ execution_id, attempt, agent_id, reason }, 'the call was queued again')
    core.dispatcher.queued(row)
  }
  if (moved?.state === 'ambiguous') warnOfDoubt(core, row, startedThen(reason))
  placeFreed(core, row)
}

/** Nobody knows whether it ran: a person must look (`xeroctl exec resolve`). */
export async function markAmbiguous(core: Ending, row: ExecutionRow, reason: string): Promise<void> {
  core.calls.remove(row)
  warnOfDoubt(core, row, reason)
  await write(core, (writing) => endCall(core, writing, row.id, ambiguousEnd(row, reason)))
  placeFreed(core, row)
}

/**
 * The call did not run and will not. An at-most-once call that its record shows as started becomes
 * ambiguous instead.
 */
export async function giveUp(core: Ending, row: ExecutionRow, code: string, message: string): Promise<void> {
  core.calls.remove(row)
  const failed = failedEnd(row, code, message)
  const moved = await write(core, async (writing) => {
    if (!row.at_most_once) return endCall(core, writing, row.id, failed)
    const ended = await endCall(core, writing, row.id, { ...failed, from: ['dispatched'] })
    if (ended !== undefined) return ended
    return endCall(core, writing, row.id, { ...ambiguousEnd(row, startedThen(message)), from: ['running'] })
  })
  if (moved?.state === 'ambiguous') warnOfDoubt(core, row, startedThen(message))
  placeFreed(core, row)
}

const startedThen = (reason: string) => `The call had started, but then: ${reason}`

function ambiguousEnd({ attempt }: ExecutionRow, reason: string): End {
  const error = { code: 'execution_interrupted', message: reason }
  return { to: 'ambiguous', from: inFlightExecutionStates, attempt, error, actor: router, data: { reason } }
}

function failedEnd({ attempt }: ExecutionRow, code: string, message: string): End {
  const error = { code, message }
  return { to: 'failed', from: inFlightExecutionStates, attempt, error, actor: router, data: { error } }
}

function warnOfDoubt({ log }: Pick<Records, 'log'>, { id, attempt, agent_id }: ExecutionRow, reason: string): void {
  log.warning({ execution_id: id, attempt, agent_id, reason }, 'the call became ambiguous')
}

/** Its place is free, whoever ended the call. */
function placeFreed({ dispatcher }: Pick<Attempts, 'dispatcher'>, row: ExecutionRow): void {
  dispatcher.wake(row.project_id)
}
