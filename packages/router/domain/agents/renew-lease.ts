import type { CallRef } from '@xerotier/protocol/frames/call.ts'
import type { leaseRenewalFrame } from '@xerotier/protocol/frames/lease-renewal.ts'
import type { z } from 'zod'
import { appendEvents, type NewEvent } from '../../store/events.ts'
import type { Core } from '../core.ts'
import { reconcileRenewal } from '../executions/reconcile.ts'
import { manifestFault } from './check-manifest.ts'
import type { OnlineAgent } from './fleet.ts'

/**
 * Extends the lease; takes a changed manifest whole, or keeps the old one and says so.
 * @returns the calls that the agent must forget, or why its session must begin anew
 */
export async function renewLease(
  core: Core,
  agent: OnlineAgent,
  leaseTtlMs: number,
  frame: z.infer<typeof leaseRenewalFrame>,
): Promise<{ forget: CallRef[]; doubt?: string | undefined }> {
  const now = core.clock.now()
  const at = new Date(now)
  agent.leaseExpiresAt = now + leaseTtlMs
  agent.lastHeartbeatAt = now
  const about = { at, project_id: agent.projectId, actor: agent.id, agent_id: agent.id }
  const events: NewEvent[] = []

  const { manifest } = frame
  const changed =
    manifest.manifest_hash !== agent.manifest.manifest_hash ||
    manifest.manifest_version !== agent.manifest.manifest_version
  const fault = changed ? manifestFault(manifest) : undefined
  if (changed && fault === undefined) {
    agent.manifest = manifest
    agent.tools = new Map(manifest.tools.map((tool) => [tool.name, tool]))
    events.push({
      ...about,
      kind: 'agent.manifest_updated',
      data: { version: manifest.manifest_version, hash: manifest.manifest_hash, tools: manifest.tools.length },
    })
  } else if (fault !== undefined) {
    core.log.warning({ agent_id: agent.id, fault }, 'an agent published a manifest that cannot be accepted')
    events.push({ ...about, kind: 'agent.manifest_refused', data: { reason: fault } })
  }
  const startsDraining = frame.draining && !agent.draining
  if (startsDraining) {
    agent.draining = true
    events.push({ ...about, kind: 'agent.draining' })
  }
  const renewed = await core.store.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('agents')
      .set({
        last_heartbeat_at: at,
        lease_expires_at: new Date(agent.leaseExpiresAt),
        ...(startsDraining ? { state: 'draining' as const } : {}),
        ...(changed && fault === undefined
          ? {
              manifest: JSON.stringify(manifest),
              manifest_version: manifest.manifest_version,
              manifest_hash: manifest.manifest_hash,
              manifest_accepted_at: at,
            }
          : {}),
      })
      .where('id', '=', agent.id)
      .where('lease_epoch', '=', agent.leaseEpoch)
      .where('state', 'in', ['active', 'draining'])
      .returning('id')
      .executeTakeFirst()
    // A renewal that a goodbye or a revocation overtook changes nothing.
    if (row !== undefined) await appendEvents(tx, events)
    return row !== undefined
  })
  if (!renewed && core.fleet.get(agent.id) === agent)
    return { forget: [], doubt: 'The lease is not on record any more.' }
  if (events.length > 0) core.eventLog.wake()
  const { forget, doubt } = await reconcileRenewal(core, agent, frame.in_flight, now)
  if (changed) core.dispatcher.wake(agent.projectId)
  return { forget, doubt }
}
