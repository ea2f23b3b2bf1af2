// From a proof that holds to a session that lives.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Core } from '../core.ts'
import { holdsLease } from '../domain/agents/enrolled.ts'
import { type OpenedSession, openSession } from '../domain/agents/open-session.ts'
import { cancelled } from '../domain/attempts/reconcile.ts'
import { tellBindings } from '../domain/fleet/bindings.ts'
import { tellPauses } from '../domain/fleet/pauses.ts'
import type { Proof, Proved } from './handshake.ts'
import type { Origin } from './message.ts'
import { createOutputAcks } from './output-acks.ts'
import type { Replies } from './replies.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import { createTurns } from './turns.ts'
import type { Outlet, Writer } from './writer.ts'

export interface OpeningParts {
  core: Core
  sessions: Sessions
  writer: Writer
  replies: Replies
}

/** @returns opens a session; of one agent one after the other, so that what the later connection says stands */
export function createOpening(parts: OpeningParts): (origin: Origin, proof: Proof, proved: Proved) => Promise<void> {
  const { core, sessions, writer, replies } = parts
  const opening = new Map<string, Promise<void>>()

  async function open({ routingId }: Origin, proof: Proof, proved: Proved): Promise<void> {
    const outlet: Outlet = { routingId, session: crypto.randomUUID(), sent: 0, queue: [] }
    let session: Session | undefined
    const opened = await openSession(core, proved.agent, proof, {
      send: (frame) => writer.send(outlet, frame),
      drop(reason, reenroll) {
        writer.send(
          outlet,
          reenroll ? { t: 'reenroll', reason } : { t: 'session_refused', code: 'lease_superseded', message: reason },
        )
        if (session !== undefined) sessions.end(session, reason)
      },
    })
    if (opened === undefined) {
      const reason = 'The proof does not fit an enrolled agent.'
      return replies.refuse(routingId, 'identity_mismatch', reason, { agent_id: proof.agent_id })
    }
    session = sessionOf(outlet, opened, proved)
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
    })
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
    for (const call of await cancelled(core, agent)) writer.send(outlet, { t: 'cancel', ...call })
    await tellBindings(core, agent.projectId, agent.id)
    await tellPauses(core, agent.projectId, agent.id)
  }

  return async (origin, proof, proved) => {
    const before = opening.get(proof.agent_id) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(() => open(origin, proof, proved))
    opening.set(proof.agent_id, turn)
    try {
      await turn
    } finally {
      if (opening.get(proof.agent_id) === turn) opening.delete(proof.agent_id)
    }
  }
}

function sessionOf(outlet: Outlet, { agent, leaseTtlMs }: OpenedSession, { key }: Proved): Session {
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
