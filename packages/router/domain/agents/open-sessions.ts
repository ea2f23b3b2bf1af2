// Agents have proved who they are. They take their leases, and what they say is compared with the
// record. What that reads and writes is one statement for all of them.

import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { features } from '@xerotier/protocol/features.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { proofFrame } from '@xerotier/protocol/frames/session/proof.ts'
import type { Binding, Manifest } from '@xerotier/protocol/manifest.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import { selectPublishedTools } from '../../store/agents.ts'
import { selectInFlightAt } from '../../store/attempts.ts'
import type { Tx } from '../../store/database.ts'
import { agentActor } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { reconcileSession } from '../attempts/reconcile-session.ts'
import { type Writing, write } from '../events/write.ts'
import { bindingsOf } from '../fleet/bindings.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type KnownRisks, risksOf, usableTools } from '../fleet/known-risks.ts'
import { type OnlineAgent, turns } from '../fleet/online-agent.ts'
import { pausesOf } from '../fleet/pauses.ts'
import { activateAgents, type MovedAgent } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import { completeRotation } from '../rotations/complete.ts'
import type { Rotating } from '../rotations/rotating.ts'
import type { KeyStanding } from '../rotations/standing.ts'
import { featureOfRotation, rotationFrame } from '../rotations/tell.ts'
import type { Settings } from '../settings.ts'
import { dropCalls, leaveFleet, recordEnds } from './close-session.ts'
import type { EnrolledAgent } from './enrolled.ts'
import { publishRisks } from './publish-risks.ts'

type Proof = z.infer<typeof proofFrame>

export interface Connection {
  /** The key of the router that it dialled. */
  routerKeyId: string
  /** Of the wire. */
  version: number
  /** How far the agent's clock is ahead of ours, where it said what it shows. */
  clockOffsetMs: number | undefined
  send(frame: RouterFrame): void
  drop(reason: string, reenroll: boolean): void
}

export interface Candidate {
  known: EnrolledAgent
  proof: Proof
  /** That the proof is signed with, hex. */
  signingKey: string
  connection: Connection
  /** Of the keys that it came with. */
  standing: KeyStanding
}

export interface OpenedSession {
  agent: OnlineAgent
  leaseTtlMs: number
  bindings: Binding[]
  forget: CallRef[]
  /** What it is told behind the welcome, before any call. */
  behind: RouterFrame[]
  /** The rotation that it completes. */
  completes: string | undefined
}

/** The lease of an agent, and what is known of the risks of its tools. */
type Lease = MovedAgent & { knownRisks: KnownRisks }

/** @returns by agent; without those that were deleted or suspended meanwhile */
export async function openSessions(
  core: Records & FleetView & Attempts & Rotating,
  candidates: readonly Candidate[],
): Promise<Map<string, OpenedSession | Error>> {
  if (candidates.length === 0) return new Map()
  await supersede(core, candidates)
  const leases = await write(core, (writing) => takeLeases(core, writing, candidates))
  const ids = [...leases.keys()]
  const bindings = await bindingsOf(core, ids)
  const pauses = await pausesOf(core, ids)
  const inFlight = Map.groupBy(await selectInFlightAt(core.store.db, ids), (row) => row.agent_id)
  const opened = candidates.map(async (candidate): Promise<[string, OpenedSession | Error][]> => {
    const { id } = candidate.known
    const lease = leases.get(id)
    if (lease === undefined) return []
    const record = { bindings: bindings.get(id) ?? [], paused: pauses.get(id) ?? new Set() }
    const agent = onlineAgentOf(core, candidate, lease, record)
    try {
      const forget = await reconcileSession(core, agent, candidate.proof.in_flight, inFlight.get(id) ?? [])
      core.absences.ended(agent)
      const behind = [core.grantKeys.frameFor(agent), ...(await toRotate(core, agent, candidate.standing))].flatMap(
        (frame) => frame ?? [],
      )
      const completes = candidate.standing.completes?.id
      return [[id, { agent, leaseTtlMs: ttlOf(core, candidate), bindings: record.bindings, forget, behind, completes }]]
    } catch (error) {
      // No session comes of it: what it took back must be left to the sweep.
      dropCalls(core, agent)
      return [[id, error instanceof Error ? error : new Error(String(error))]]
    }
  })
  return new Map((await Promise.all(opened)).flat())
}

/** Ends the sessions that the agents have still. */
async function supersede(core: Records & FleetView & Attempts, candidates: readonly Candidate[]): Promise<void> {
  const ends = candidates.flatMap(({ known, standing }) => {
    const previous = core.fleet.get(known.project_id, known.id)
    if (previous === undefined) return []
    const reason = 'another session of this agent began'
    // It moves from one key to another: nothing was lost with it.
    if (standing.completes !== undefined) previous.saidGoodbye = true
    const ended = leaveFleet(core, { agent: previous, reason })
    previous.drop(reason, false)
    return ended
  })
  await recordEnds(core, ends)
}

/** An agent that came with another key than the new one may not have heard of its rotation. */
function toRotate(core: Rotating, agent: OnlineAgent, { unheard }: KeyStanding): Promise<(RouterFrame | undefined)[]> {
  const known = unheard.filter(({ use }) => agent.features.has(featureOfRotation[use]))
  return Promise.all(known.map((rotation) => rotationFrame(core, rotation)))
}

/** Of what an agent says that it knows, what we know as well. */
function knownOf(said: readonly string[] = []): string[] {
  return said.filter((feature) => feature in features)
}

function ttlOf({ settings }: { settings: Settings }, { proof }: Candidate): number {
  return proof.lease_renewal_interval_ms * settings.leaseIntervals
}

/** Holds on to nothing of the proof but what it says: the proof refers to a whole message. */
function onlineAgentOf(
  core: Records & { settings: Settings },
  candidate: Candidate,
  lease: Lease,
  { bindings, paused }: { bindings: Binding[]; paused: Set<string | null> },
): OnlineAgent {
  const { known, proof, connection } = candidate
  const { manifest } = proof
  const moment = core.clock.monotonic()
  const agent: OnlineAgent = {
    id: known.id,
    name: lease.name,
    projectId: lease.project_id,
    leaseEpoch: lease.lease_epoch,
    journalId: proof.journal_id,
    maxConcurrent: proof.max_concurrent_executions,
    features: new Set(knownOf(proof.features)),
    curveKey: proof.curve_public_key,
    signingKey: candidate.signingKey,
    manifest,
    tools: usableTools(lease.knownRisks, manifest.tools),
    knownRisks: lease.knownRisks,
    bindings: new Map(bindings.map((binding) => [binding.workspace_id, binding])),
    paused,
    draining: false,
    inFlight: new Set(),
    reported: new Set(proof.in_flight.map((call) => call.execution_id)),
    reportedAt: moment,
    leaseUntil: moment + ttlOf(core, candidate),
    restsUntil: 0,
    lastHeartbeatAt: core.clock.now(),
    leaseRecordedAt: moment,
    witness: proof.features?.includes(features.cosign) ? { seen: undefined, wasAsked: false } : undefined,
    clockOffsetMs: connection.clockOffsetMs,
    inTurn: turns(() => agent),
    send: connection.send,
    drop: connection.drop,
  }
  return agent
}

/**
 * The agents are active under new epochs; what those before them had is fenced.
 * @returns by agent
 */
async function takeLeases(core: Rotating, writing: Writing, all: readonly Candidate[]): Promise<Map<string, Lease>> {
  const { settings } = core
  const candidates = await withKeysThatCount(core, writing, all)
  const { now, append } = writing
  const moved = await activateAgents(
    writing,
    candidates.map((candidate) => ({
      id: candidate.known.id,
      lease_expires_at: new Date(now.getTime() + ttlOf({ settings }, candidate)),
      journal_id: candidate.proof.journal_id,
      hostname: candidate.proof.hostname,
      version: candidate.proof.version,
      max_concurrent_executions: candidate.proof.max_concurrent_executions,
      router_key_id: candidate.connection.routerKeyId,
      features: knownOf(candidate.proof.features),
      wire_version: candidate.connection.version,
    })),
  )
  const byId = new Map(moved.map((agent) => [agent.id, agent]))
  const others = candidates.filter((candidate) => byId.has(candidate.known.id) && isNew(candidate))
  const published = await selectPublishedTools(
    writing.tx,
    others.map(({ known }) => known.id),
  )
  const leases = new Map<string, Lease>()
  for (const { known, proof } of candidates) {
    const agent = byId.get(known.id)
    if (agent === undefined) continue
    const about = { project_id: agent.project_id, actor: agentActor(agent), agent_id: agent.id }
    const { manifest } = proof
    const before = published.get(known.id) ?? manifest.tools
    const knownRisks = publishRisks(writing, settings, {
      agent,
      actor: about.actor,
      known: known.known_risks ?? risksOf(before),
      before,
      tools: manifest.tools,
    })
    // Which program it is: an execution tells of it who ran it, long after it was replaced.
    const data = { lease_epoch: agent.lease_epoch, in_flight: proof.in_flight.length, version: proof.version }
    append({ ...about, kind: 'agent.online', data })
    if (isNew({ known, proof })) append({ ...about, kind: 'agent.manifest_updated', data: summaryOf(manifest) })
    leases.set(agent.id, { ...agent, knownRisks })
  }
  await recordManifests(writing.tx, now, candidates, leases)
  return leases
}

const isNew = ({ known, proof }: Pick<Candidate, 'known' | 'proof'>) =>
  known.manifest_hash !== proof.manifest.manifest_hash

function summaryOf({ manifest_version: version, manifest_hash: hash, tools }: Manifest) {
  return { version, hash, tools: tools.length }
}

/** Those with a new key have completed its rotation, unless that was rolled back meanwhile. */
async function withKeysThatCount(
  core: Rotating,
  writing: Writing,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  const counting: Candidate[] = []
  for (const candidate of candidates) {
    const { completes } = candidate.standing
    const counts = completes === undefined || (await completeRotation(core, writing, completes))
    if (counts) counting.push(candidate)
  }
  return counting
}

/** A fleet that comes back is mostly as it was: what is largest is not written again. */
async function recordManifests(
  tx: Tx,
  at: Date,
  candidates: readonly Candidate[],
  leases: ReadonlyMap<string, Lease>,
): Promise<void> {
  const changed = candidates.flatMap((candidate) => {
    const { known, proof } = candidate
    const risks = leases.get(known.id)?.knownRisks
    if (risks === undefined || (isOnRecord(candidate) && risks === known.known_risks)) return []
    const accepted_at = isNew(candidate) ? at : known.manifest_accepted_at
    return [{ id: known.id, manifest: proof.manifest, risks: JSON.stringify(risks), accepted_at }]
  })
  if (changed.length === 0) return
  await sql`
    update agents
    set manifest = published.manifest::jsonb, manifest_version = published.version, manifest_hash = published.hash,
      manifest_accepted_at = published.accepted_at, known_risks = published.risks::jsonb
    from unnest(
      ${changed.map(({ id }) => id)}::text[], ${changed.map(({ manifest }) => JSON.stringify(manifest))}::text[],
      ${changed.map(({ manifest }) => manifest.manifest_version)}::int[],
      ${changed.map(({ manifest }) => manifest.manifest_hash)}::text[],
      ${changed.map(({ accepted_at }) => accepted_at)}::timestamptz[], ${changed.map(({ risks }) => risks)}::text[]
    ) as published (id, manifest, version, hash, accepted_at, risks)
    where agents.id = published.id`.execute(tx)
}

function isOnRecord({ known, proof: { manifest } }: Candidate): boolean {
  return (
    known.manifest_hash === manifest.manifest_hash &&
    known.manifest_version === manifest.manifest_version &&
    canonicalJson(known.bundles) === canonicalJson(manifest.bundles)
  )
}
