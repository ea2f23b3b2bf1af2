// What time alone does to calls, looked at every second. All that it needs stands in Postgres.

import { selectOverdue, selectUnaccounted } from '../../store/attempts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { whyNobodyCame } from '../tools/unserved.ts'
import type { Attempts } from './attempts.ts'
import { endCall } from './end.ts'
import type { Holds } from './holds.ts'
import { markAmbiguous, requeue } from './unfinished.ts'

const perSweep = 500
/** A younger dispatch may be on its way still, ms. */
const settlingMs = 5_000

/** Ends queued calls that nobody could run in time. What a pause holds back waits for its end. */
export async function expireQueued(
  core: Records & FleetView & Directory & Pick<Attempts, 'calls' | 'dispatcher'>,
  holds: Holds,
): Promise<void> {
  const held = await holds.look()
  const due = await selectOverdue(core.store.db, new Date(core.clock.now()), { limit: perSweep, without: held })
  const reasons = new Map<string, string | undefined>()
  for (const { id, workspace_id, tool } of due) {
    const key = `${workspace_id} ${tool}`
    if (!reasons.has(key)) reasons.set(key, await whyNobodyCame(core, workspace_id, tool))
    const reason = reasons.get(key)
    const message = `No agent could run the call in time${reason === undefined ? '' : `: ${reason}`}.`
    const error = { code: 'execution_expired', message }
    const ended = await write(core, (writing) =>
      endCall(core, writing, id, { to: 'expired', from: ['queued'], error, actor: router }),
    )
    // It counts no longer towards the limit of what may wait.
    if (ended === undefined) continue
    core.log.notice({ execution_id: id, tool, reason }, 'the call expired in the queue')
    core.dispatcher.wake(ended.project_id)
  }
}

/**
 * Takes care of calls in flight that no session here accounts for. One that may run twice goes to
 * another agent soon after its own has lost the lease. An at-most-once call waits for its agent to
 * come back and say; then it becomes ambiguous.
 */
export async function sweepOrphans(core: Records & FleetView & Attempts & { settings: Settings }): Promise<void> {
  const now = core.clock.now()
  const moment = core.clock.monotonic()
  const rows = await selectUnaccounted(core.store.db, new Date(now - settlingMs), core.calls.ids(), perSweep)
  for (const row of rows) {
    if (row.agent_id === null || core.calls.get(row.project_id, row.id) !== undefined) continue
    const agent = core.fleet.get(row.project_id, row.agent_id)
    if (agent === undefined) await orphaned(core, row, moment - core.absences.since(row.project_id, row.agent_id))
    else if (neverSent(agent, row, now - (moment - agent.reportedAt)))
      await requeue(core, row, 'the dispatch never left the router')
  }
}

async function orphaned(
  core: Records & Pick<Attempts, 'calls' | 'dispatcher' | 'absences'> & { settings: Settings },
  row: ExecutionRow,
  absentMs: number,
): Promise<void> {
  if (!row.at_most_once) {
    if (absentMs >= core.settings.lostReadGraceMs) {
      const lost = core.absences.isLost(row.project_id, row.agent_id ?? '')
      await requeue(core, row, 'its agent is gone', { lost })
    }
  } else if (absentMs >= core.settings.lostAgentGraceMs) {
    await markAmbiguous(core, row, 'Its agent has been gone too long; whether the call took effect is not known.')
  }
}

/**
 * Whether no frame went out, because the commit lost its answer: the agent has reported without the
 * call since, with the same journal.
 * @param reportedAt by the wall clock, as the record is
 */
function neverSent(agent: OnlineAgent, row: ExecutionRow, reportedAt: number): boolean {
  return (
    row.journal_id === agent.journalId &&
    !agent.reported.has(row.id) &&
    row.dispatched_at !== null &&
    reportedAt > row.dispatched_at.getTime() + settlingMs
  )
}
