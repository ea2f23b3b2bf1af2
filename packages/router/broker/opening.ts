// From proofs that hold to sessions that live. Many agents at a time: what they need from the
// database is read and written for all of them together.
import type { KeyObject } from 'node:crypto'
import { routerFeatures } from '@xerotier/protocol/features.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { rawPublicKey } from '@xerotier/runtime/ed25519.ts'
import { createTurns } from '@xerotier/runtime/turns.ts'
import type { Core } from '../core.ts'
import { checkManifest } from '../domain/agents/check-manifest.ts'
import { findEnrolled, leaseHolders } from '../domain/agents/enrolled.ts'
import { type Candidate, type Connection, type OpenedSession, openSessions } from '../domain/agents/open-sessions.ts'
import { refuseSession } from '../domain/agents/refuse-session.ts'
import { cancelRequested } from '../domain/attempts/cancel-requested.ts'
import { tellChangedBindings } from '../domain/fleet/bindings.ts'
import { warnOfClock } from '../domain/fleet/clock-offset.ts'
import type { OnlineAgent } from '../domain/fleet/online-agent.ts'
import { tellChangedPauses } from '../domain/fleet/pauses.ts'
import type { Proof, Proved } from './handshake.ts'
import { type Origin, originOf } from './message.ts'
import { createOutputAcks } from './output-acks.ts'
import type { Replies } from './replies.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Outlet, Writer } from './writer.ts'

const notEnrolled = 'The proof does not fit an enrolled agent.'

/** An agent that has proved who it is. */
export interface Greeting {
  origin: Origin
  proof: Proof
  proved: Proved
}

export interface OpeningParts {
  core: Core
  sessions: Sessions
  writer: Writer
  replies: Replies
}

/** Its session before the welcome. */
interface Place {
  outlet: Outlet
  key: KeyObject
  session?: Session
}

type Ready = Candidate & { place: Place }

/** @returns opens sessions for agents that have proved who they are; each is another */
export function createOpening(parts: OpeningParts): (greetings: Greeting[]) => Promise<void> {
  const { core, sessions, writer, replies } = parts

  async function openAll(greetings: Greeting[]): Promise<void> {
    try {
      await openTogether(greetings)
    } catch (error) {
      // One that cannot be opened must not keep out the others.
      if (greetings.length > 1) for (const greeting of greetings) await openAll([greeting])
      else for (const { origin, proof } of greetings) failed(origin, proof.agent_id, error)
    }
  }

  function failed(to: Origin, agent_id: string, error: unknown): void {
    core.log.error({ error, agent_id }, 'a session could not be opened')
    replies.refuse(to, 'handshake_expired', 'The router could not open the session; try again.')
  }

  /** What the records and their manifests say against sessions: those that may have one. */
  async function examine(greetings: Greeting[]): Promise<Ready[]> {
    const known = await findEnrolled(
      core,
      greetings.map(({ proof, proved }) => ({ ...comerOf(proof), signing_public_key: signingKeyOf(proved) })),
    )
    const ready: Ready[] = []
    for (const { origin, proof, proved } of greetings) {
      const about = { agent_id: proof.agent_id }
      const enrolled = known.get(proof.agent_id)
      // It may have been revoked while it waited.
      if (enrolled === undefined) {
        replies.refuse(origin, 'identity_mismatch', notEnrolled, about)
        continue
      }
      const checked = await checkManifest(proof.manifest)
      if ('fault' in checked) {
        const { fault } = checked
        replies.refuse(origin, 'manifest_invalid', fault.slice(0, 500), { ...about, fault })
        refuseSession(core, proof.agent_id, fault)
        continue
      }
      const place = placeOf(origin, proved)
      const connection = connectionOf(place, proved)
      const { agent, standing } = enrolled
      const said = { ...proof, manifest: checked.manifest }
      ready.push({ known: agent, proof: said, signingKey: signingKeyOf(proved), standing, connection, place })
    }
    return ready
  }

  /** Of its own, so that what it keeps for the session holds on to nothing of the greeting. */
  function connectionOf(place: Place, { clockOffsetMs }: Proved): Connection {
    return {
      routerKeyId: place.outlet.listener.id,
      version: place.outlet.version,
      clockOffsetMs,
      send: (frame) => writer.send(place.outlet, frame),
      drop(reason, reenroll) {
        writer.send(
          place.outlet,
          reenroll ? { t: 'reenroll', reason } : { t: 'session_refused', code: 'lease_superseded', message: reason },
        )
        if (place.session !== undefined) sessions.end(place.session, reason)
      },
    }
  }

  async function openTogether(greetings: Greeting[]): Promise<void> {
    const ready = await examine(greetings)
    const opened = await openSessions(core, ready)
    const begun = new Map<OnlineAgent, Place>()
    for (const { proof, place } of ready) {
      const one = opened.get(proof.agent_id)
      if (one === undefined)
        replies.refuse(place.outlet, 'identity_mismatch', notEnrolled, { agent_id: proof.agent_id })
      else if (one instanceof Error) failed(place.outlet, proof.agent_id, one)
      else begun.set(begin(place, one), place)
    }
    await catchUp([...begun.keys()]).catch((error: unknown) => {
      for (const [agent, { outlet }] of begun) failed(outlet, agent.id, error)
    })
  }

  function begin(place: Place, opened: OpenedSession): OnlineAgent {
    const { agent, leaseTtlMs, bindings, forget, behind, completes } = opened
    const { outlet, key } = place
    place.session = sessionOf(outlet, opened, key)
    sessions.begin(place.session)
    writer.send(outlet, {
      t: 'welcome',
      session: outlet.session,
      lease_epoch: agent.leaseEpoch,
      lease_ttl_ms: leaseTtlMs,
      bindings,
      paused: [...agent.paused].map((workspace_id) => ({ workspace_id })),
      forget,
      features: Object.values(routerFeatures),
      ...(agent.clockOffsetMs === undefined ? {} : { clock_offset_ms: agent.clockOffsetMs }),
    })
    for (const frame of behind) writer.send(outlet, frame)
    warnOfClock(core, agent, agent.clockOffsetMs)
    core.fleet.join(agent)
    if (completes !== undefined) core.rotations.moved(completes)
    core.log.notice(
      {
        agent_id: agent.id,
        agent: agent.name,
        lease_epoch: agent.leaseEpoch,
        tools: agent.tools.size,
        wire: outlet.version,
      },
      'an agent came online',
    )
    core.dispatcher.wake(agent.projectId)
    return agent
  }

  /** What changed while the sessions were being opened reached the record, and nobody here. */
  async function catchUp(agents: OnlineAgent[]): Promise<void> {
    const holders = await leaseHolders(core, agents)
    for (const agent of agents) {
      if (!holders.has(agent.id)) agent.drop('the credentials of the agent were revoked', true)
      else for (const call of await cancelRequested(core, agent)) agent.send({ t: 'cancel', ...call })
    }
    await tellChangedBindings(core, agents)
    await tellChangedPauses(core, agents)
  }

  return openAll
}

const comerOf = ({ agent_id, curve_public_key }: Proof) => ({ agent_id, curve_public_key })
const signingKeyOf = ({ key }: Proved) => rawPublicKey(key).toString('hex')

function placeOf(origin: Origin, { key }: Proved): Place {
  return { outlet: { ...originOf(origin), session: crypto.randomUUID(), sent: 0, queue: [] }, key }
}

function sessionOf(outlet: Outlet, { agent, leaseTtlMs }: OpenedSession, key: KeyObject): Session {
  return {
    outlet,
    agent,
    verifyingKey: key,
    received: 0,
    leaseTtlMs,
    outputAcks: createOutputAcks(),
    turns: createTurns(limits.commitsPerSession),
    pieceTurns: createTurns(limits.commitsPerSession),
    artifactTurns: createTurns(1),
    waitingPieces: new WeakMap(),
    artifacts: new WeakMap(),
    unhandled: 0,
    unhandledBytes: 0,
  }
}
