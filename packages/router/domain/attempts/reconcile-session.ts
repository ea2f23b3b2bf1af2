// What an agent says that it has when its session begins, against what the record says: either side
// may have started again.
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectAmbiguousAt } from '../../store/attempts.ts'
import { selectOutputCounts } from '../../store/execution-output.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { acceptReported } from './accept.ts'
import type { Attempts } from './attempts.ts'
import { type LiveCall, refOf } from './calls.ts'
import { markAmbiguous, requeue } from './unfinished.ts'
import { unwanted } from './unwanted.ts'

/**
 * Takes back what the proof of a new session lists, and puts back what never started.
 * @param rows what the record has in flight at the agent
 * @returns the calls that the agent must stop and forget
 */
export async function reconcileSession(
  core: Records & Attempts,
  agent: OnlineAgent,
  inFlight: InFlight[],
  rows: readonly ExecutionRow[],
): Promise<CallRef[]> {
  const reported = new Set(inFlight.map(nameOf))
  const has = (row: ExecutionRow) => reported.has(nameOf(refOf(row)))
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
  // An epoch that is wrong makes nothing of it count, but the agent's journal does know the call.
  const misnamed = new Set(inFlight.map(({ execution_id, attempt }) => `${execution_id} ${attempt}`))
  for (const row of rows) if (!has(row)) await putBack(core, agent, row, misnamed.has(`${row.id} ${row.attempt}`))
  return unwanted(core, agent, inFlight)
}

/**
 * The agent does not have the call. An at-most-once call goes again when it certainly never
 * started.
 */
function putBack(core: Records & Attempts, agent: OnlineAgent, row: ExecutionRow, misnamed: boolean): Promise<void> {
  const about = { lost: core.absences.isLost(agent.projectId, agent.id) }
  if (!row.at_most_once) return requeue(core, row, 'the agent does not have it', about)
  if (misnamed) return markAmbiguous(core, row, 'The agent has the call from another lease than it was given with.')
  // Its journal is whole and does not know the call.
  if (row.journal_id === agent.journalId) return requeue(core, row, 'the agent does not have it', about)
  const reason = 'The agent came back with another journal; whether the call took effect is not known.'
  return markAmbiguous(core, row, reason)
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

const nameOf = ({ execution_id, attempt, lease_epoch }: CallRef) => `${execution_id} ${attempt} ${lease_epoch}`
