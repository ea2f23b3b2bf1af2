import type { Attempts } from '../attempts/attempts.ts'
import { write } from '../events/write.ts'
import type { FleetView, OnlineAgent } from '../fleet/fleet.ts'
import { moveAgents } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'

/** What its session had in hand is nobody's any more, until another session or the sweep takes it up. */
export function dropCalls(core: Pick<Attempts, 'calls'>, agent: OnlineAgent): void {
  for (const executionId of [...agent.inFlight]) {
    const call = core.calls.get(executionId)
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
  core.absences.began(agent.id, core.clock.now())
  dropCalls(core, agent)
  core.log.notice({ agent_id: agent.id, agent: agent.name, reason }, 'an agent went offline')
  await write(core, (writing) =>
    moveAgents(writing, (agents) => agents.where('id', '=', agent.id).where('lease_epoch', '=', agent.leaseEpoch), {
      to: 'disconnected',
      set: { lease_expires_at: writing.now },
      event: { kind: 'agent.offline', actor: 'router', data: { reason } },
    }),
  )
}
