import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { leaseRenewalFrame } from '@xerotier/protocol/frames/session/lease-renewal.ts'
import { leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import type { Manifest } from '@xerotier/protocol/manifest.ts'
import type { z } from 'zod'
import { isUnavailable } from '../../store/unavailable.ts'
import { agentActor } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { reconcileRenewal } from '../attempts/reconcile-renewal.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { usableTools } from '../fleet/known-risks.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { moveAgent } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { checkManifest } from './check-manifest.ts'
import { publishRisks } from './publish-risks.ts'
import { notOnRecord } from './record-leases.ts'

/**
 * After this a refused manifest is looked at again, ms. A busy machine may have refused a good one.
 */
const recheckMs = 600_000

/** Where a manifest does not even fit its schema. */
export interface UnreadableManifest {
  unreadable: string
}

type Renewal = Pick<z.infer<typeof leaseRenewalFrame>, 'in_flight' | 'draining' | 'unfit'> & {
  manifest: Manifest | UnreadableManifest
}

/**
 * Extends the lease, in memory (record-leases.ts); takes a changed manifest whole, or keeps the old
 * one and says so.
 * @returns the calls that the agent must forget, or why its session must begin anew
 */
export async function renewLease(
  core: Records & FleetView & Attempts & { settings: Settings },
  agent: OnlineAgent,
  leaseTtlMs: number,
  frame: Renewal,
): Promise<{ forget: CallRef[]; doubt?: string | undefined }> {
  const now = core.clock.now()
  const moment = core.clock.monotonic()
  agent.lastHeartbeatAt = now
  const draining = agent.draining || frame.draining
  const isFitAgain = agent.unfit !== undefined && frame.unfit === undefined
  const isSame = draining === agent.draining && frame.unfit === agent.unfit
  core.fleet.change(agent, {
    leaseUntil: moment + leaseTtlMs,
    ...(isSame ? {} : { draining, unfit: frame.unfit }),
  })
  let renewed: Awaited<ReturnType<typeof takeNews>> | undefined
  try {
    // One renewal after the other: an older manifest must not be written over a newer one.
    await agent.inTurn(async () => {
      renewed = await takeNews(core, agent, frame, new Date(now), leaseTtlMs)
    })
    if (renewed === undefined) agent.doubt ??= notOnRecord
    if (agent.doubt !== undefined && core.fleet.holds(agent)) return { forget: [], doubt: agent.doubt }
    const { forget, doubt } = await reconcileRenewal(core, agent, frame.in_flight, moment)
    if (renewed?.newTools || isFitAgain) core.dispatcher.wake(agent.projectId)
    return { forget, doubt }
  } catch (error) {
    if (!isUnavailable(error)) throw error
    // Nothing can be compared without the database, and agents that all dial anew would not bring
    // it back. This router still holds the session, and the next renewal repeats what this one
    // said.
    core.log.warning({ error, agent_id: agent.id }, 'a lease was extended without the database')
    return { forget: [] }
  }
}

/** What a renewal brings that the record does not have, or this router. */
interface News {
  /** A manifest that is taken whole. */
  tools: Manifest | undefined
  /** What the record is to hold: that manifest, or the one before with new reports. */
  manifest: Manifest | undefined
  refused: OnlineAgent['refusedManifest']
  startsDraining: boolean
}

async function newsOf(agent: OnlineAgent, offered: Renewal['manifest'], at: number): Promise<News> {
  const startsDraining = agent.draining && agent.drainRecorded !== true
  if ('unreadable' in offered) {
    // Neither hash nor version of it says which it is.
    const refused = { hash: '', version: 0, fault: offered.unreadable, at }
    return { tools: undefined, manifest: undefined, refused, startsDraining }
  }
  const { manifest_version: version, manifest_hash: hash, bundles } = offered
  if (hash === agent.manifest.manifest_hash && version === agent.manifest.manifest_version) {
    // Neither covers the reports about bundles. They alone are taken: what they come with was not
    // checked.
    const manifest = sameReports(bundles, agent.manifest.bundles) ? undefined : { ...agent.manifest, bundles }
    return { tools: undefined, manifest, refused: undefined, startsDraining }
  }
  const known = agent.refusedManifest
  // The same manifest has the same fault. It comes with every renewal, and compiling its schemas
  // holds everybody up.
  const isRefused = known?.hash === hash && known.version === version && at - known.at < recheckMs
  if (isRefused) return { tools: undefined, manifest: undefined, refused: known, startsDraining }
  const checked = await checkManifest(offered)
  if ('manifest' in checked)
    return { tools: checked.manifest, manifest: checked.manifest, refused: undefined, startsDraining }
  return { tools: undefined, manifest: undefined, refused: { hash, version, fault: checked.fault, at }, startsDraining }
}

/**
 * Nothing is written where there is no news.
 * @returns undefined when a goodbye or a revocation overtook it: it then changes nothing
 */
async function takeNews(
  core: Records & FleetView & { settings: Settings },
  agent: OnlineAgent,
  { manifest: offered }: Renewal,
  at: Date,
  leaseTtlMs: number,
): Promise<{ newTools: boolean } | undefined> {
  const { tools, manifest, refused, startsDraining } = await newsOf(agent, offered, core.clock.monotonic())
  // Said once, and not with every renewal for as long as it lasts.
  const fault = refused?.fault === agent.refusedManifest?.fault ? undefined : refused?.fault
  if (fault !== undefined)
    core.log.warning({ agent_id: agent.id, fault }, 'an agent published a manifest that cannot be accepted')
  if (manifest === undefined && fault === undefined && !startsDraining) {
    agent.refusedManifest = refused
    return { newTools: false }
  }
  const moment = core.clock.monotonic()
  const version = tools && { manifest_version: tools.manifest_version, manifest_hash: tools.manifest_hash }
  let knownRisks = agent.knownRisks
  const held = await write(core, async (writing) => {
    const actor = agentActor({ id: agent.id, name: agent.name, project_id: agent.projectId })
    if (tools !== undefined) {
      knownRisks = publishRisks(writing, core.settings, {
        agent: { id: agent.id, project_id: agent.projectId },
        actor,
        known: agent.knownRisks,
        before: agent.manifest.tools,
        tools: tools.tools,
      })
    }
    const updated = await writing.tx
      .updateTable('agents')
      .set({
        last_heartbeat_at: at,
        lease_expires_at: new Date(at.getTime() + leaseTtlMs),
        ...(manifest === undefined ? {} : { manifest: JSON.stringify(manifest) }),
        ...(version === undefined ? {} : { ...version, manifest_accepted_at: at }),
        ...(knownRisks === agent.knownRisks ? {} : { known_risks: JSON.stringify(knownRisks) }),
      })
      .where('id', '=', agent.id)
      .where('lease_epoch', '=', agent.leaseEpoch)
      .where('state', 'in', leasedAgentStates)
      .returning('id')
      .executeTakeFirst()
    if (updated === undefined) return false
    const about = { project_id: agent.projectId, actor, agent_id: agent.id }
    if (tools !== undefined) {
      const data = { version: tools.manifest_version, hash: tools.manifest_hash, tools: tools.tools.length }
      writing.append({ ...about, kind: 'agent.manifest_updated', data })
    }
    if (fault !== undefined) writing.append({ ...about, kind: 'agent.manifest_refused', data: { reason: fault } })
    if (startsDraining) await moveAgent(writing, agent.id, { to: 'draining', event: { kind: 'agent.draining', actor } })
    return true
  })
  if (!held) return undefined
  // This comes after the commit: what was not stored still differs at the next renewal.
  agent.refusedManifest = refused
  agent.leaseRecordedAt = moment
  if (startsDraining) agent.drainRecorded = true
  if (manifest !== undefined) agent.manifest = manifest
  agent.knownRisks = knownRisks
  if (tools !== undefined) core.fleet.change(agent, { tools: usableTools(knownRisks, tools.tools) })
  return { newTools: tools !== undefined }
}

/** Of every renewal of every agent, so by the fields: no text is made of them. */
function sameReports(some: Manifest['bundles'], others: Manifest['bundles']): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, version, error, left_out }, index) => {
      const other = others[index]
      if (other === undefined || left_out.length !== other.left_out.length) return false
      const same = left_out.every(
        (one, at) => one.name === other.left_out[at]?.name && one.reason === other.left_out[at]?.reason,
      )
      return same && name === other.name && version === other.version && error === other.error
    })
  )
}
