import { selectAgentById } from '../../store/agents.ts'
import type { Tx } from '../../store/database.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { moveAgents } from '../lifecycles/agent.ts'
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

/** An agent's session ended. What it had in flight is accounted for by the sweep (law L2). */
export async function closeSession(
  core: Records & FleetView & Pick<Attempts, 'calls' | 'absences'>,
  agent: OnlineAgent,
  reason: string,
): Promise<void> {
  if (!core.fleet.leave(agent)) return
  core.absences.began(agent, core.clock.monotonic())
  dropCalls(core, agent)
  core.log.notice({ agent_id: agent.id, agent: agent.name, reason }, 'an agent went offline')
  const event = { kind: 'agent.offline', actor: router, data: { reason } } as const
  await write(core, async (writing) => {
    const set = { lease_expires_at: writing.now, last_heartbeat_at: new Date(agent.lastHeartbeatAt) }
    const ours = { id: agent.id, lease_epoch: agent.leaseEpoch }
    const moved = await moveAgents(
      writing,
      (agents) => agents.where('id', '=', ours.id).where('lease_epoch', '=', ours.lease_epoch),
      { to: 'disconnected', set, event },
    )
    // The record of a suspended agent says that, and not where it is. Its going is an event all the
    // same.
    if (moved.length === 0 && (await isSuspended(writing.tx, ours)))
      writing.append({ ...event, project_id: agent.projectId, agent_id: agent.id })
  })
}

async function isSuspended(tx: Tx, { id, lease_epoch }: { id: string; lease_epoch: number }): Promise<boolean> {
  const row = await selectAgentById(tx, id)
  return row?.state === 'suspended' && row.lease_epoch === lease_epoch
}
