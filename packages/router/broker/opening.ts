// From a proof that holds to a session that lives.
import type { KeyObject } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { createTurns } from '@xerotier/runtime/turns.ts'
import type { Core } from '../core.ts'
import { manifestFault } from '../domain/agents/check-manifest.ts'
import { type EnrolledAgent, findEnrolled, holdsLease } from '../domain/agents/enrolled.ts'
import { type OpenedSession, openSession } from '../domain/agents/open-session.ts'
import { cancelRequested } from '../domain/attempts/cancel-requested.ts'
import { tellBindings } from '../domain/fleet/bindings.ts'
import { warnOfClock } from '../domain/fleet/clock-offset.ts'
import { tellPauses } from '../domain/fleet/pauses.ts'
import type { Proof, Proved } from './handshake.ts'
import type { Origin } from './message.ts'
import { createOutputAcks } from './output-acks.ts'
import type { Replies } from './replies.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Outlet, Writer } from './writer.ts'

const notEnrolled = 'The proof does not fit an enrolled agent.'

export interface OpeningParts {
  core: Core
  sessions: Sessions
  writer: Writer
  replies: Replies
}

/** @returns opens a session for an agent that has proved who it is */
export function createOpening(parts: OpeningParts): (origin: Origin, proof: Proof, proved: Proved) => Promise<void> {
  const { core, sessions, writer, replies } = parts

  /** What its record and its manifest say against a session; undefined when it was refused. */
  async function examine({ routingId }: Origin, proof: Proof): Promise<EnrolledAgent | undefined> {
    const about = { agent_id: proof.agent_id }
    const agent = await findEnrolled(core, proof.agent_id)
    // It may have been revoked while it waited.
    if (agent?.curve_public_key !== proof.curve_public_key) {
      replies.refuse(routingId, 'identity_mismatch', notEnrolled, about)
      return undefined
    }
    const fault = await manifestFault(proof.manifest)
    if (fault === undefined) return agent
    replies.refuse(routingId, 'manifest_invalid', fault.slice(0, 500), { ...about, fault })
    return undefined
  }

  async function open(origin: Origin, proof: Proof, { key, clockOffsetMs }: Proved): Promise<void> {
    const { routingId } = origin
    const known = await examine(origin, proof)
    if (known === undefined) return
    const outlet: Outlet = { routingId, session: crypto.randomUUID(), sent: 0, queue: [] }
    let session: Session | undefined
    const opened = await openSession(core, known, proof, {
      clockOffsetMs,
      send: (frame) => writer.send(outlet, frame),
      drop(reason, reenroll) {
        writer.send(
          outlet,
          reenroll ? { t: 'reenroll', reason } : { t: 'session_refused', code: 'lease_superseded', message: reason },
        )
        if (session !== undefined) sessions.end(session, reason)
      },
    })
    if (opened === undefined)
      return replies.refuse(routingId, 'identity_mismatch', notEnrolled, { agent_id: proof.agent_id })
    session = sessionOf(outlet, opened, key)
    sessions.begin(session)
    welcome(outlet, opened)
    await catchUp(outlet, opened)
  }

  function welcome(outlet: Outlet, { agent, leaseTtlMs, bindings, forget }: OpenedSession): void {
    writer.send(outlet, {
      t: 'welcome',
      session: outlet.session,
      lease_epoch: agent.leaseEpoch,
      lease_ttl_ms: leaseTtlMs,
      bindings,
      paused: [...agent.paused].map((workspace_id) => ({ workspace_id })),
      forget,
      ...(agent.clockOffsetMs === undefined ? {} : { clock_offset_ms: agent.clockOffsetMs }),
    })
    warnOfClock(core, agent, agent.clockOffsetMs)
    core.fleet.join(agent)
    core.log.notice(
      { agent_id: agent.id, agent: agent.name, lease_epoch: agent.leaseEpoch, tools: agent.tools.size },
      'an agent came online',
    )
    core.dispatcher.wake(agent.projectId)
  }

  /** What changed while the session was being opened reached the record, and nobody here. */
  async function catchUp(outlet: Outlet, { agent }: OpenedSession): Promise<void> {
    if (!(await holdsLease(core, agent))) return agent.drop('the credentials of the agent were revoked', true)
    for (const call of await cancelRequested(core, agent)) writer.send(outlet, { t: 'cancel', ...call })
    await tellBindings(core, agent.projectId, agent.id)
    await tellPauses(core, agent.projectId, agent.id)
  }

  return open
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
    artifactTurns: createTurns(1),
    artifacts: new WeakMap(),
    unhandled: 0,
    unhandledBytes: 0,
  }
}
