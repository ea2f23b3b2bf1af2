// An agent has proved who it is. It takes the lease, and what it says is compared with the record.

import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { proofFrame } from '@xerotier/protocol/frames/session/proof.ts'
import { agentLifecycle } from '@xerotier/protocol/lifecycles/agent.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Binding, Manifest } from '@xerotier/protocol/manifest.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import { agentActor } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { reconcileSession } from '../attempts/reconcile-session.ts'
import { type Writing, write } from '../events/write.ts'
import { bindingsOf } from '../fleet/bindings.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type KnownRisks, risksOf, usableTools } from '../fleet/known-risks.ts'
import { type OnlineAgent, turns } from '../fleet/online-agent.ts'
import { pausesOf } from '../fleet/pauses.ts'
import { type MovedAgent, moveAgents } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { closeSession, dropCalls } from './close-session.ts'
import type { EnrolledAgent } from './enrolled.ts'
import { publishRisks } from './publish-risks.ts'

type Proof = z.infer<typeof proofFrame>

export interface Connection {
  /** How far the agent's clock is ahead of ours, where it said what it shows. */
  clockOffsetMs: number | undefined
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
  proof: Proof,
  connection: Connection,
): Promise<OpenedSession | undefined> {
  const previous = core.fleet.get(known.project_id, known.id)
  if (previous !== undefined) {
    previous.drop('another session of this agent began', false)
    await closeSession(core, previous, 'superseded')
  }
  const leaseTtlMs = proof.lease_renewal_interval_ms * core.settings.leaseIntervals
  const opened = await write(core, (writing) => takeLease(writing, core.settings, known, proof, leaseTtlMs))
  if (opened === undefined) return undefined
  const { manifest } = proof
  const now = core.clock.now()
  const moment = core.clock.monotonic()
  const [bindings, paused] = [await bindingsOf(core, known.id), await pausesOf(core, known.id)]
  const agent: OnlineAgent = {
    id: known.id,
    name: opened.name,
    projectId: opened.project_id,
    leaseEpoch: opened.lease_epoch,
    journalId: proof.journal_id,
    maxConcurrent: proof.max_concurrent_executions,
    manifest,
    tools: usableTools(opened.knownRisks, manifest.tools),
    knownRisks: opened.knownRisks,
    bindings: new Map(bindings.map((binding) => [binding.workspace_id, binding])),
    paused: new Set(paused),
    draining: false,
    inFlight: new Set(),
    reported: new Set(proof.in_flight.map((call) => call.execution_id)),
    reportedAt: moment,
    leaseUntil: moment + leaseTtlMs,
    restsUntil: 0,
    lastHeartbeatAt: now,
    leaseRecordedAt: moment,
    clockOffsetMs: connection.clockOffsetMs,
    inTurn: turns(() => agent),
    send: connection.send,
    drop: connection.drop,
  }
  const forget = await reconcileSession(core, agent, proof.in_flight).catch((error) => {
    // No session comes of it: what it took back must be left to the sweep.
    dropCalls(core, agent)
    throw error
  })
  core.absences.ended(agent)
  return { agent, leaseTtlMs, bindings, forget }
}

/** The agent is active under a new epoch; what the one before it had is fenced. */
async function takeLease(
  writing: Writing,
  settings: Settings,
  known: EnrolledAgent,
  proof: Proof,
  leaseTtlMs: number,
): Promise<(MovedAgent & { knownRisks: KnownRisks }) | undefined> {
  const { now, append } = writing
  const { manifest } = proof
  const newManifest = known.manifest_hash !== manifest.manifest_hash
  const before = known.manifest?.tools ?? []
  const risksBefore = known.known_risks ?? risksOf(before)
  const knownRisks = publishRisks(writing, settings, {
    agent: known,
    actor: agentActor(known),
    known: risksBefore,
    before,
    tools: manifest.tools,
  })
  const [moved] = await moveAgents(
    writing,
    (agents) => agents.where('id', '=', known.id).where('deleted_at', 'is', null),
    {
      to: 'active',
      // Also from a session that it has still.
      from: [...sourcesOf(agentLifecycle, 'active'), 'active'],
      set: {
        lease_epoch: sql`lease_epoch + 1`,
        lease_expires_at: new Date(now.getTime() + leaseTtlMs),
        last_heartbeat_at: now,
        connected_at: now,
        journal_id: proof.journal_id,
        hostname: proof.hostname,
        version: proof.version,
        max_concurrent_executions: proof.max_concurrent_executions,
        ...(isKnown(manifest, known) ? {} : recorded(manifest)),
        ...(newManifest ? { manifest_accepted_at: now } : {}),
        ...(knownRisks === known.known_risks ? {} : { known_risks: JSON.stringify(knownRisks) }),
      },
    },
  )
  if (moved === undefined) return undefined
  const about = { project_id: moved.project_id, actor: agentActor(moved), agent_id: known.id }
  append({
    ...about,
    kind: 'agent.online',
    data: { lease_epoch: moved.lease_epoch, in_flight: proof.in_flight.length },
  })
  if (newManifest) {
    append({
      ...about,
      kind: 'agent.manifest_updated',
      data: { version: manifest.manifest_version, hash: manifest.manifest_hash, tools: manifest.tools.length },
    })
  }
  return { ...moved, knownRisks }
}

/** A fleet that comes back is mostly as it was: what is largest is not written again. */
function isKnown(manifest: Manifest, { manifest: before }: EnrolledAgent): boolean {
  return (
    before?.manifest_hash === manifest.manifest_hash &&
    before.manifest_version === manifest.manifest_version &&
    canonicalJson(before.bundles) === canonicalJson(manifest.bundles)
  )
}

function recorded(manifest: Manifest) {
  const { manifest_version, manifest_hash } = manifest
  return { manifest: JSON.stringify(manifest), manifest_version, manifest_hash }
}
