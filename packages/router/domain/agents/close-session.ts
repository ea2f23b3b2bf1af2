import { appendEvents } from '../../store/events.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { FleetView, OnlineAgent } from '../fleet/fleet.ts'
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
  const now = core.clock.now()
  const at = new Date(now)
  core.absences.began(agent.id, now)
  dropCalls(core, agent)
  core.log.notice({ agent_id: agent.id, agent: agent.name, reason }, 'an agent went offline')
  await core.store.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('agents')
      .set({ state: 'disconnected', lease_expires_at: at })
      .where('id', '=', agent.id)
      .where('lease_epoch', '=', agent.leaseEpoch)
      .where('state', 'in', ['active', 'draining'])
      .returning('id')
      .executeTakeFirst()
    if (row === undefined) return
    await appendEvents(tx, [
      { at, project_id: agent.projectId, kind: 'agent.offline', actor: 'router', agent_id: agent.id, data: { reason } },
    ])
  })
  core.eventLog.wake()
}
