// What an agent says that it has, against what the record says: a frame may have been lost, or
// either side may have started again.

import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import { isAnswerable } from '@xerotier/protocol/lifecycles/execution.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectAmbiguousAt, selectCancelRequestedAt, selectInFlightAt, selectStandings } from '../../store/attempts.ts'
import { selectOutputCounts } from '../../store/execution-output.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { acceptReported } from './accept.ts'
import type { Attempts } from './attempts.ts'
import { type LiveCall, liveCall } from './calls.ts'
import { markAmbiguous, requeue } from './unfinished.ts'

/** So many renewals in a row may leave a call out before it counts as never received. */
const missesAllowed = 2

/**
 * Takes back what the proof of a new session lists, and puts back what never started.
 * @returns the calls that the agent must stop and forget
 */
export async function reconcileSession(
  core: Records & Attempts,
  agent: OnlineAgent,
  inFlight: InFlight[],
): Promise<CallRef[]> {
  const rows = await selectInFlightAt(core.store.db, agent.id)
  const reported = new Set(inFlight.map(nameOf))
  const has = (row: ExecutionRow) => reported.has(nameOf(toRef(row)))
  const take = (row: ExecutionRow): LiveCall => {
    const call = { row, agent, sentAt: core.clock.monotonic(), missed: 0, outputBytes: 0 }
    core.calls.add(call)
    return call
  }
  // These come first: the sweep must not take them for orphans while the others are put back.
  const taken = rows.filter(has).map(take)
  const doubtful = await selectDoubtful(core, agent, inFlight)
  await countOutput(core, [...taken, ...doubtful.filter(has).map(take)])
  await acceptReported(core, agent, inFlight)
  // A wrong epoch makes nothing of it count, but the agent's journal does know the call.
  const misnamed = new Set(inFlight.map(({ execution_id, attempt }) => `${execution_id} ${attempt}`))
  for (const row of rows) {
    if (has(row)) continue
    if (row.at_most_once && misnamed.has(`${row.id} ${row.attempt}`)) {
      await markAmbiguous(core, row, 'The agent has the call from another lease than it was given with.')
      continue
    }
    if (!row.at_most_once || row.journal_id === agent.journalId) {
      // Its journal is whole and does not know the call (or the call may run twice).
      await requeue(core, row, 'the agent does not have it')
    } else {
      await markAmbiguous(
        core,
        row,
        'The agent came back with another journal; whether the call took effect is not known.',
      )
    }
  }
  return unwanted(core, agent, inFlight)
}

/**
 * What the agent has and the record doubts. Such a call stays ambiguous until a result or a person
 * settles it. It has its place at the agent, as its output is acknowledged and so stored (law L1).
 */
function selectDoubtful(
  core: Pick<Records, 'store'>,
  agent: OnlineAgent,
  inFlight: InFlight[],
): Promise<ExecutionRow[]> {
  const ids = inFlight.map((call) => call.execution_id).filter((id) => !agent.inFlight.has(id))
  return selectAmbiguousAt(core.store.db, agent.id, ids)
}

/** Counts what an earlier session stored: each new one could fill the record anew. */
async function countOutput(core: Pick<Records, 'store'>, calls: LiveCall[]): Promise<void> {
  if (calls.length === 0) return
  const counts = await selectOutputCounts(
    core.store.db,
    calls.map((call) => call.row.id),
    limits.outputPieceLeastBytes,
  )
  const byId = new Map(counts.map((count) => [count.execution_id, count]))
  for (const call of calls) {
    const count = byId.get(call.row.id)
    if (count === undefined) continue
    call.outputBytes = count.bytes
    call.inlineBytes = count.inline_bytes
    call.storedBelow = count.stored_below
  }
}

/** Calls at the agent that somebody wants cancelled: it may not have been told. */
export async function cancelled(
  core: Pick<Records, 'store'> & Pick<Attempts, 'calls'>,
  agent: OnlineAgent,
): Promise<CallRef[]> {
  const rows = await selectCancelRequestedAt(core.store.db, agent.id, [...agent.inFlight])
  for (const { id, cancel_requested_at } of rows) {
    const call = core.calls.get(agent.projectId, id)
    if (call !== undefined) call.row.cancel_requested_at = cancel_requested_at
  }
  return rows.map(toRef).filter((ref) => liveCall(core, agent, ref) !== undefined)
}

/**
 * Compares the list of a renewal with the record.
 * @param at when the renewal came, ms
 * @returns the calls that the agent must stop and forget, or why its session must begin anew
 */
export async function reconcileRenewal(
  core: Records & Attempts,
  agent: OnlineAgent,
  inFlight: InFlight[],
  at: number,
): Promise<{ forget: CallRef[]; doubt?: string }> {
  // The next one has overtaken it.
  if (at < agent.reportedAt) return { forget: [] }
  const reported = new Set(
    inFlight.filter((call) => liveCall(core, agent, call) !== undefined).map((call) => call.execution_id),
  )
  const previousReport = agent.reportedAt
  agent.reported = new Set(inFlight.map((call) => call.execution_id))
  agent.reportedAt = at
  for (const id of [...agent.inFlight]) {
    const call = core.calls.get(agent.projectId, id)
    if (call === undefined || reported.has(id) || call.sentAt === 0 || call.sentAt >= previousReport) continue
    call.missed += 1
    if (call.missed < missesAllowed) continue
    if (call.row.state === 'ambiguous') {
      // Only a person can answer for it now.
      core.calls.remove(call.row)
      core.dispatcher.wake(agent.projectId)
      continue
    }
    // Its dispatch may be on the way still. A new session proves that it never arrives.
    if (call.row.at_most_once) return { forget: [], doubt: 'A call that was sent did not arrive.' }
    await requeue(core, call.row, 'the agent never received it')
  }
  await acceptReported(core, agent, inFlight)
  const forget = await unwanted(core, agent, inFlight)
  // A person resolved these. Their places are free now that the agent is told to stop them.
  const resolved = forget.filter((call) => liveCall(core, agent, call) !== undefined)
  for (const { execution_id: id, attempt } of resolved) core.calls.remove({ project_id: agent.projectId, id, attempt })
  if (resolved.length > 0) core.dispatcher.wake(agent.projectId)
  return { forget }
}

const toRef = ({ id, attempt, lease_epoch }: Pick<ExecutionRow, 'id' | 'attempt' | 'lease_epoch'>): CallRef => ({
  execution_id: id,
  attempt,
  lease_epoch,
})

const nameOf = ({ execution_id, attempt, lease_epoch }: CallRef) => `${execution_id} ${attempt} ${lease_epoch}`

/** Of what the agent has, the calls that ended or that another attempt has. */
async function unwanted(
  core: Pick<Records, 'store'> & Pick<Attempts, 'calls'>,
  agent: OnlineAgent,
  inFlight: InFlight[],
): Promise<CallRef[]> {
  // The record is asked about ambiguous calls each time: a person may have resolved them.
  const unknown = inFlight.filter((ref) => {
    const call = liveCall(core, agent, ref)
    return call === undefined || call.row.state === 'ambiguous'
  })
  const rows = await selectStandings(
    core.store.db,
    unknown.map((call) => call.execution_id),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return unknown
    .filter((call) => {
      const row = byId.get(call.execution_id)
      const wanted =
        row !== undefined &&
        row.agent_id === agent.id &&
        row.attempt === call.attempt &&
        row.lease_epoch === call.lease_epoch &&
        isAnswerable(row.state)
      return !wanted
    })
    .map(({ execution_id, attempt, lease_epoch }) => ({ execution_id, attempt, lease_epoch }))
}
