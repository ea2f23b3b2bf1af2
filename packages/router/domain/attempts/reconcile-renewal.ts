// What an agent says that it has with each renewal, against what it was given: a frame may have
// been lost.
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { acceptReported } from './accept.ts'
import type { Attempts } from './attempts.ts'
import { liveCall } from './calls.ts'
import { requeue } from './unfinished.ts'
import { unwanted } from './unwanted.ts'

/** So many renewals in a row may leave a call out before it counts as never received. */
const missesAllowed = 2

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
