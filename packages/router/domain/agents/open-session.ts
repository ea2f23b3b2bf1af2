// An agent has proved who it is: it takes the lease, and what it says is reconciled with the record.

import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { proofFrame } from '@xerotier/protocol/frames/session/proof.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import type { z } from 'zod'
import { appendEvents, type NewEvent } from '../../store/events.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { reconcileSession } from '../attempts/reconcile.ts'
import { bindingsOf } from '../fleet/bindings.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type OnlineAgent, turns } from '../fleet/fleet.ts'
import { pausesOf } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { closeSession, dropCalls } from './close-session.ts'
import type { EnrolledAgent } from './enrolled.ts'

export interface Connection {
  send(frame: RouterFrame): void
  drop(reason: string, reenroll: boolean): void
}

export interface OpenedSession {
  agent: OnlineAgent
  leaseTtlMs: number
  bindings: Binding[]
  forget: CallRef[]
}

/** @returns undefined when the agent was deleted or suspended meanwhile */
export async function openSession(
  core: Records & FleetView & Attempts & { settings: Settings },
  known: EnrolledAgent,
  proof: z.infer<typeof proofFrame>,
  connection: Connection,
): Promise<OpenedSession | undefined> {
  const previous = core.fleet.get(known.id)
  if (previous !== undefined) {
    previous.drop('another session of this agent began', false)
    await closeSession(core, previous, 'superseded')
  }
  const now = core.clock.now()
  const at = new Date(now)
  const leaseTtlMs = proof.lease_renewal_interval_ms * core.settings.leaseIntervals
  const { manifest } = proof
  const opened = await core.store.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('agents')
      .set((eb) => ({
        state: 'active',
        lease_epoch: eb('lease_epoch', '+', 1),
        lease_expires_at: new Date(now + leaseTtlMs),
        last_heartbeat_at: at,
        connected_at: at,
        journal_id: proof.journal_id,
        hostname: proof.hostname,
        version: proof.version,
        max_concurrent_executions: proof.max_concurrent_executions,
        manifest: JSON.stringify(manifest),
        manifest_version: manifest.manifest_version,
        manifest_hash: manifest.manifest_hash,
        ...(known.manifest_hash === manifest.manifest_hash ? {} : { manifest_accepted_at: at }),
      }))
      .where('id', '=', known.id)
      .where('deleted_at', 'is', null)
      .where('state', '!=', 'suspended')
      .returning(['lease_epoch', 'name', 'project_id'])
      .executeTakeFirst()
    if (row === undefined) return undefined
    const about = { at, project_id: row.project_id, actor: known.id, agent_id: known.id }
    const events: NewEvent[] = [
      { ...about, kind: 'agent.online', data: { lease_epoch: row.lease_epoch, in_flight: proof.in_flight.length } },
    ]
    if (known.manifest_hash !== manifest.manifest_hash) {
      events.push({
        ...about,
        kind: 'agent.manifest_updated',
        data: { version: manifest.manifest_version, hash: manifest.manifest_hash, tools: manifest.tools.length },
      })
    }
    await appendEvents(tx, events)
    return row
  })
  if (opened === undefined) return undefined
  const [bindings, paused] = [await bindingsOf(core, known.id), await pausesOf(core, known.id)]
  const agent: OnlineAgent = {
    id: known.id,
    name: opened.name,
    projectId: opened.project_id,
    leaseEpoch: opened.lease_epoch,
    journalId: proof.journal_id,
    maxConcurrent: proof.max_concurrent_executions,
    manifest,
    tools: new Map(manifest.tools.map((tool) => [tool.name, tool])),
    bindings: new Map(bindings.map((binding) => [binding.workspace_id, binding])),
    paused: new Set(paused),
    draining: false,
    inFlight: new Set(),
    reported: new Set(proof.in_flight.map((call) => call.execution_id)),
    reportedAt: now,
    leaseExpiresAt: now + leaseTtlMs,
    restsUntil: 0,
    lastHeartbeatAt: now,
    inTurn: turns(() => agent),
    send: connection.send,
    drop: connection.drop,
  }
  const forget = await reconcileSession(core, agent, proof.in_flight).catch((error) => {
    // No session comes of it: what it took back must be left to the sweep.
    dropCalls(core, agent)
    throw error
  })
  core.absences.ended(agent.id)
  core.eventLog.wake()
  return { agent, leaseTtlMs, bindings, forget }
}

/** Whether the record still gives this session the lease: an agent may be revoked while its session is being opened. */
export async function holdsLease(core: Pick<Records, 'store'>, agent: OnlineAgent): Promise<boolean> {
  const row = await core.store.db
    .selectFrom('agents')
    .select('id')
    .where('id', '=', agent.id)
    .where('lease_epoch', '=', agent.leaseEpoch)
    .where('deleted_at', 'is', null)
    .where('state', '!=', 'suspended')
    .executeTakeFirst()
  return row !== undefined
}
