import { selectAgentById } from '../../store/agents.ts'
import type { Tx } from '../../store/database.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { disconnectAgents } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'

/**
 * The calls of a session that ended are nobody's, until another session or the sweep takes them up.
 */
export function dropCalls(core: Pick<Attempts, 'calls'>, agent: OnlineAgent): void {
  for (const executionId of [...agent.inFlight]) {
    const call = core.calls.get(agent.projectId, executionId)
    if (call !== undefined) core.calls.remove(call.row)
  }
}

/** A session that ended, and why. */
export interface Ended {
  agent: OnlineAgent
  reason: string
}

/**
 * An agent's session ended, in memory. What it had in flight is accounted for by the sweep (law
 * L2).
 * @returns what is to be recorded; nothing when another session has its place
 */
export function leaveFleet(
  core: Pick<Records, 'clock' | 'log'> & FleetView & Pick<Attempts, 'calls' | 'absences'>,
  { agent, reason }: Ended,
): Ended[] {
  if (!core.fleet.leave(agent)) return []
  core.absences.began(agent, core.clock.monotonic())
  dropCalls(core, agent)
  core.log.notice({ agent_id: agent.id, agent: agent.name, reason }, 'an agent went offline')
  return [{ agent, reason }]
}

/** Records the ends of sessions, all of them in one transaction. */
export async function recordEnds(core: Records, ends: readonly Ended[]): Promise<void> {
  if (ends.length === 0) return
  await write(core, async (writing) => {
    const { append } = writing
    const moved = await disconnectAgents(
      writing,
      ends.map(({ agent }) => agent),
    )
    for (const { agent, reason } of ends) {
      // The record of a suspended agent says that, and not where it is. Its going is an event all
      // the same.
      if (moved.has(agent.id) || (await isSuspended(writing.tx, agent)))
        append({
          kind: 'agent.offline',
          actor: router,
          data: { reason },
          project_id: agent.projectId,
          agent_id: agent.id,
        })
    }
  })
}

async function isSuspended(tx: Tx, { id, leaseEpoch }: OnlineAgent): Promise<boolean> {
  const row = await selectAgentById(tx, id)
  return row?.state === 'suspended' && row.lease_epoch === leaseEpoch
}
