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

type Renewal = Pick<
  z.infer<typeof leaseRenewalFrame>,
  'manifest_hash' | 'manifest_version' | 'in_flight' | 'draining' | 'unfit'
> & {
  /** Left out where the session knows it. */
  manifest?: Manifest | UnreadableManifest | undefined
}

export interface Renewed {
  /** The calls that the agent must forget. */
  forget: CallRef[]
  /** Why its session must begin anew. */
  doubt?: string | undefined
  /** It left out a manifest that is not known here. */
  isManifestWanted?: boolean
}

/**
 * Extends the lease, in memory (record-leases.ts); takes a changed manifest whole, or keeps the old
 * one and says so.
 */
export async function renewLease(
  core: Records & FleetView & Attempts & { settings: Settings },
  agent: OnlineAgent,
  leaseTtlMs: number,
  frame: Renewal,
): Promise<Renewed> {
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
    return { forget, doubt, isManifestWanted: renewed?.isManifestWanted ?? false }
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
  /** It is not known what the agent publishes. */
  isManifestWanted?: boolean
}

async function newsOf(agent: OnlineAgent, renewal: Renewal, at: number): Promise<News> {
  const startsDraining = agent.draining && agent.drainRecorded !== true
  const { manifest: offered } = renewal
  if (offered === undefined) {
    const refused = refusedBefore(agent, renewal, at)
    const isManifestWanted = refused === undefined && (agent.lacksManifest === true || !isTaken(agent, renewal))
    // Until it comes, what was refused stays so.
    const stands = isManifestWanted ? agent.refusedManifest : refused
    return { tools: undefined, manifest: undefined, refused: stands, startsDraining, isManifestWanted }
  }
  if ('unreadable' in offered) {
    // Neither hash nor version of it says which it is.
    const refused = { hash: '', version: 0, fault: offered.unreadable, at }
    return { tools: undefined, manifest: undefined, refused, startsDraining }
  }
  const { manifest_version: version, manifest_hash: hash, bundles } = offered
  if (isTaken(agent, offered)) {
    // Neither covers the reports about bundles. They alone are taken: what they come with was not
    // checked.
    const manifest = sameReports(bundles, agent.manifest.bundles) ? undefined : { ...agent.manifest, bundles }
    return { tools: undefined, manifest, refused: undefined, startsDraining }
  }
  const known = refusedBefore(agent, offered, at)
  if (known !== undefined) return { tools: undefined, manifest: undefined, refused: known, startsDraining }
  const checked = await checkManifest(offered)
  if ('manifest' in checked)
    return { tools: checked.manifest, manifest: checked.manifest, refused: undefined, startsDraining }
  return { tools: undefined, manifest: undefined, refused: { hash, version, fault: checked.fault, at }, startsDraining }
}

type Named = Pick<Manifest, 'manifest_hash' | 'manifest_version'>

function isTaken({ manifest }: OnlineAgent, { manifest_hash, manifest_version }: Named): boolean {
  return manifest_hash === manifest.manifest_hash && manifest_version === manifest.manifest_version
}

/**
 * The same manifest has the same fault. An agent says it again and again, and compiling its schemas
 * holds everybody up.
 */
function refusedBefore(
  { refusedManifest: known }: OnlineAgent,
  named: Named,
  at: number,
): OnlineAgent['refusedManifest'] {
  const isSame = known?.hash === named.manifest_hash && known.version === named.manifest_version
  return isSame && at - known.at < recheckMs ? known : undefined
}

/**
 * Nothing is written where there is no news.
 * @returns undefined when a goodbye or a revocation overtook it: it then changes nothing
 */
async function takeNews(
  core: Records & FleetView & { settings: Settings },
  agent: OnlineAgent,
  renewal: Renewal,
  at: Date,
  leaseTtlMs: number,
): Promise<{ newTools: boolean; isManifestWanted?: boolean | undefined } | undefined> {
  const news = await newsOf(agent, renewal, core.clock.monotonic())
  const { tools, manifest, refused, startsDraining, isManifestWanted } = news
  const { manifest: offered } = renewal
  const brought = () => {
    agent.refusedManifest = refused
    if (offered !== undefined) agent.lacksManifest = 'unreadable' in offered
  }
  if (offered !== undefined) agent.lacksManifest = true
  // Said once, and not with every renewal for as long as it lasts.
  const fault = refused?.fault === agent.refusedManifest?.fault ? undefined : refused?.fault
  if (fault !== undefined)
    core.log.warning({ agent_id: agent.id, fault }, 'an agent published a manifest that cannot be accepted')
  if (manifest === undefined && fault === undefined && !startsDraining) {
    brought()
    return { newTools: false, isManifestWanted }
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
  brought()
  agent.leaseRecordedAt = moment
  if (startsDraining) agent.drainRecorded = true
  if (manifest !== undefined) agent.manifest = manifest
  agent.knownRisks = knownRisks
  if (tools !== undefined) core.fleet.change(agent, { tools: usableTools(knownRisks, tools.tools) })
  return { newTools: tools !== undefined, isManifestWanted }
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
