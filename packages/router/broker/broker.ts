// The data plane: one CurveZMQ ROUTER socket, one reader, one writer, a session per agent.
import type { KeyObject } from 'node:crypto'
import { type AgentFrame, agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { envelopeSchema, messageSignaturePrefix, wireVersion } from '@xerotier/protocol/wire.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { verifySignature } from '@xerotier/runtime/ed25519.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { Context, Router } from 'zeromq'
import { manifestFault } from '../domain/agents/check-manifest.ts'
import { closeSession } from '../domain/agents/close-session.ts'
import type { EnrolledAgent } from '../domain/agents/enrolled.ts'
import { holdsLease, openSession } from '../domain/agents/open-session.ts'
import { tellPauses } from '../domain/agents/tell-pauses.ts'
import type { Core } from '../domain/core.ts'
import { cancelled } from '../domain/executions/reconcile.ts'
import { tellBindings } from '../domain/workspaces/tell-bindings.ts'
import { onAccepted } from './frames/accepted.ts'
import { onGoodbye } from './frames/goodbye.ts'
import { onLeaseRenewal } from './frames/lease-renewal.ts'
import { onOutput } from './frames/output.ts'
import { onRefused } from './frames/refused.ts'
import { onResult } from './frames/result.ts'
import { createHandshakes, type SessionRefusal } from './handshake.ts'
import { createOutputAcks } from './output-acks.ts'
import type { Peer } from './peer.ts'
import type { BrokerProbe } from './probe.ts'
import type { Session } from './session.ts'
import { createTurns } from './turns.ts'
import { claimOf, faultOf, type ProofClaim, renewalOf, type UnreadableRenewal } from './unreadable.ts'
import { createWriter, type Outlet } from './writer.ts'
import { startZap } from './zap.ts'

export interface BrokerOptions {
  core: Core
  /** tcp://host:port; port 0 or * takes a free one. */
  address: string
  /** Of the writer. */
  clock: Clock
  probe: BrokerProbe
}

export interface Broker {
  /** The address that was bound. */
  readonly address: string
  readonly sessions: number
  readonly closed: boolean
  /** Ends sessions whose lease is over. Called every second. */
  expireLeases(): Promise<void>
  close(): Promise<void>
}

const prefix = Buffer.from(messageSignaturePrefix)

export async function startBroker({ core, address, clock, probe }: BrokerOptions): Promise<Broker> {
  const context = new Context()
  const zap = await startZap({
    context,
    admits: (key) => core.enrolledKeys.get(key) !== undefined,
    refused: (peer) => probe.refused('not_enrolled', { peer }),
  })
  const socket = new Router({
    context,
    linger: 0,
    mandatory: true,
    curveServer: true,
    curveSecretKey: core.identity.curve.secretKey,
    curvePublicKey: core.identity.curve.publicKey,
    maxMessageSize: limits.messageBytes,
    handshakeInterval: limits.handshakeMs,
    sendTimeout: 2_000,
    heartbeatInterval: 5_000,
    heartbeatTimeout: 15_000,
    heartbeatTimeToLive: 15_000,
  })
  await socket.bind(address.replace(/:0$/, ':*'))
  const bound = socket.lastEndpoint ?? address

  const sessions = new Map<string, Session>()
  /** Connections without a session that we answer; only as long as an answer is queued. */
  const handshakes = createHandshakes(core, (agentId) => probe.refused('too_many_handshakes', { agent_id: agentId }))
  /** Sessions being opened, by agent: one after the other, so that what the later connection says stands. */
  const opening = new Map<string, Promise<void>>()
  const writer = createWriter(socket, clock, (outlet, error) => {
    const session = sessions.get(outlet.routingId.toString('latin1'))
    if (session !== undefined && session.outlet === outlet) end(session, 'unreachable')
    else core.log.debug({ error }, 'a connection went away before its answer')
  })

  function end(session: Session, reason: string): void {
    const routingKey = session.outlet.routingId.toString('latin1')
    if (sessions.get(routingKey) !== session) return
    sessions.delete(routingKey)
    closeSession(core, session.agent, reason).catch((error) =>
      core.log.error({ error, agent_id: session.agent.id }, 'closing a session failed'),
    )
  }

  function answer(routingId: Buffer, frame: RouterFrame): void {
    writer.send({ routingId, session: '', sent: 0, queue: [] }, frame)
  }

  function refuse(routingId: Buffer, code: SessionRefusal, message: string, about: Record<string, unknown> = {}): void {
    probe.refused(code, about)
    answer(routingId, { t: 'session_refused', code, message })
  }

  function receive(parts: Buffer[]): void {
    const [routingId, body, signature] = parts
    // Law L4: whatever is not exactly a message of ours is dropped before anything looks at it.
    if (
      parts.length !== 3 ||
      routingId === undefined ||
      body === undefined ||
      signature?.length !== 64 ||
      body.length > limits.messageBytes
    ) {
      return probe.refused('malformed', {})
    }
    let envelope: unknown
    try {
      envelope = unpackMessage(body)
    } catch {
      return probe.refused('malformed', {})
    }
    const parsed = envelopeSchema.safeParse(envelope)
    if (!parsed.success) {
      const version = (envelope as { v?: unknown } | null)?.v
      if (typeof version === 'number' && version !== wireVersion)
        return refuse(routingId, 'version_unsupported', `This router speaks version ${wireVersion}.`)
      return probe.refused('malformed', {})
    }
    const { s, n, f } = parsed.data
    const routingKey = routingId.toString('latin1')
    if (s === '') return greet(routingKey, routingId, body, signature, f)
    const session = sessions.get(routingKey)
    if (session === undefined || session.outlet.session !== s)
      return refuse(routingId, 'session_unknown', 'There is no such session.')
    if (n <= session.received) return probe.refused('replayed', { agent_id: session.agent.id })
    if (!verifySignature(session.verifyingKey, Buffer.concat([prefix, body]), signature))
      return probe.refused('signature_invalid', { agent_id: session.agent.id })
    session.received = n
    const peer: Peer = {
      core,
      session,
      reply: (frame) => writer.send(session.outlet, frame),
      replyLater: (frame) => writer.sendLater(session.outlet, frame),
      end: (reason) => end(session, reason),
      begin(reason) {
        writer.send(session.outlet, { t: 'session_refused', code: 'session_unknown', message: reason })
        end(session, reason)
      },
    }
    for (const raw of f) {
      const frame = agentFrameSchema.safeParse(raw)
      const bytes = body.length / f.length
      if (frame.success) {
        probe.received(frame.data.t)
        handle(peer, frame.data, bytes)
      } else {
        const fault = faultOf(frame.error, raw)
        probe.refused('frame_invalid', { agent_id: session.agent.id, frame: nameOf(raw), fault })
        // Without its lease the agent would lose the session, and with it everything that was in order.
        const renewal = renewalOf(raw)
        if (renewal !== undefined) handle(peer, { ...renewal, manifest: { unreadable: fault } }, bytes)
      }
      if (sessions.get(routingKey) !== session) return
    }
  }

  /** @param bytes what the frame holds in memory until it is dealt with */
  function handle(peer: Peer, frame: AgentFrame | UnreadableRenewal, bytes: number): void {
    const handled = dispatchFrame(peer, frame)
    if (handled === undefined) return
    const { session } = peer
    const about = { agent_id: session.agent.id }
    session.unhandled += 1
    session.unhandledBytes += bytes
    handled
      .catch((error: unknown) => {
        const execution = 'execution_id' in frame ? { execution_id: frame.execution_id } : {}
        core.log.error({ error, ...about, frame: frame.t, ...execution }, 'a frame could not be handled')
      })
      .finally(() => {
        session.unhandled -= 1
        session.unhandledBytes -= bytes
      })
    const { unhandled, unhandledBytes } = session
    if (unhandled <= limits.unhandledFramesPerSession && unhandledBytes <= limits.unhandledBytesPerSession) return
    probe.refused('backlog', about)
    core.log.warning(
      { ...about, frames: unhandled, bytes: Math.round(unhandledBytes) },
      'an agent sends more than can be stored; its session ends',
    )
    peer.begin('Too much is not yet acknowledged.')
  }

  function dispatchFrame(peer: Peer, frame: AgentFrame | UnreadableRenewal): Promise<void> | undefined {
    switch (frame.t) {
      case 'lease_renewal':
        return onLeaseRenewal(peer, frame)
      case 'accepted':
        return onAccepted(peer, frame)
      case 'output':
      case 'artifact':
        return onOutput(peer, frame)
      case 'result':
        return onResult(peer, frame)
      case 'refused':
        return onRefused(peer, frame)
      case 'goodbye':
        onGoodbye(peer, frame)
        return undefined
      case 'hello':
      case 'proof':
        probe.refused('frame_invalid', { agent_id: peer.session.agent.id, frame: frame.t })
        return undefined
      default:
        // A frame that joins the union without a handler does not compile.
        return frame satisfies never
    }
  }

  /** Messages without a session: exactly one frame, hello or proof. */
  function greet(routingKey: string, routingId: Buffer, body: Buffer, signature: Buffer, frames: unknown[]): void {
    const frame = agentFrameSchema.safeParse(frames[0])
    if (frames.length !== 1) return probe.refused('malformed', { fault: `${frames.length} frames before a session` })
    if (!frame.success) {
      const claim = claimOf(frames[0])
      const fault = faultOf(frame.error, frames[0])
      if (claim === undefined) return probe.refused('malformed', { frame: nameOf(frames[0]), fault })
      return void prove(routingKey, routingId, body, signature, claim, async () => fault).catch((error) =>
        notOpened(routingId, claim.agent_id, error),
      )
    }
    core.log.debug({ frame: frame.data.t }, 'an agent greets')
    if (frame.data.t === 'hello') {
      const nonce = handshakes.begin(routingKey, frame.data)
      return answer(routingId, { t: 'challenge', nonce: new Uint8Array(nonce), routing_id: new Uint8Array(routingId) })
    }
    if (frame.data.t !== 'proof') return refuse(routingId, 'session_unknown', 'Say hello first.')
    const proof = frame.data
    welcome(routingKey, routingId, body, signature, proof).catch((error) => notOpened(routingId, proof.agent_id, error))
  }

  function notOpened(routingId: Buffer, agentId: string, error: unknown): void {
    core.log.error({ error, agent_id: agentId }, 'a session could not be opened')
    refuse(routingId, 'handshake_expired', 'The router could not open the session; try again.')
  }

  /** Checks who sends a proof, then the rest of it. @returns undefined when it was refused */
  async function prove(
    routingKey: string,
    routingId: Buffer,
    body: Buffer,
    signature: Buffer,
    claim: ProofClaim,
    faultOfRest: () => Promise<string | undefined>,
  ): Promise<{ agent: EnrolledAgent; key: KeyObject } | undefined> {
    const verify = (key: KeyObject) => verifySignature(key, Buffer.concat([prefix, body]), signature)
    const proved = await handshakes.finish(routingKey, routingId, claim, verify, faultOfRest)
    if (!('refusal' in proved)) return proved
    refuse(routingId, proved.refusal, proved.message, { agent_id: claim.agent_id, fault: proved.message })
    return undefined
  }

  async function welcome(
    routingKey: string,
    routingId: Buffer,
    body: Buffer,
    signature: Buffer,
    proof: Extract<AgentFrame, { t: 'proof' }>,
  ): Promise<void> {
    const proved = await prove(routingKey, routingId, body, signature, proof, () => manifestFault(proof.manifest))
    if (proved === undefined) return
    const turn = (opening.get(proof.agent_id) ?? Promise.resolve())
      .catch(() => {})
      .then(() => open(routingKey, routingId, proof, proved))
    opening.set(proof.agent_id, turn)
    try {
      await turn
    } finally {
      if (opening.get(proof.agent_id) === turn) opening.delete(proof.agent_id)
    }
  }

  async function open(
    routingKey: string,
    routingId: Buffer,
    proof: Extract<AgentFrame, { t: 'proof' }>,
    proved: { agent: EnrolledAgent; key: KeyObject },
  ): Promise<void> {
    const outlet: Outlet = { routingId, session: crypto.randomUUID(), sent: 0, queue: [] }
    let session: Session | undefined
    const opened = await openSession(core, proved.agent, proof, {
      send: (frame) => writer.send(outlet, frame),
      drop(reason, reenroll) {
        writer.send(
          outlet,
          reenroll ? { t: 'reenroll', reason } : { t: 'session_refused', code: 'lease_superseded', message: reason },
        )
        if (session !== undefined) end(session, reason)
      },
    })
    if (opened === undefined)
      return refuse(routingId, 'identity_mismatch', 'The proof does not fit an enrolled agent.', {
        agent_id: proof.agent_id,
      })
    const { agent, leaseTtlMs, bindings, forget } = opened
    session = {
      outlet,
      agent,
      verifyingKey: proved.key,
      received: 0,
      leaseTtlMs,
      outputAcks: createOutputAcks(),
      turns: createTurns(limits.commitsPerSession),
      artifactTurns: createTurns(1),
      artifacts: new WeakMap(),
      unhandled: 0,
      unhandledBytes: 0,
    }
    const before = sessions.get(routingKey)
    // A connection has one session: another agent's would hold its calls for ever, as nothing could end it any more.
    if (before !== undefined) end(before, 'another session began on its connection')
    sessions.set(routingKey, session)
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
    // What changed while the session was being opened reached the record, and nobody here.
    if (!(await holdsLease(core, agent))) return agent.drop('the credentials of the agent were revoked', true)
    for (const call of await cancelled(core, agent)) writer.send(outlet, { t: 'cancel', ...call })
    await tellBindings(core, agent.id)
    await tellPauses(core, agent.id)
  }

  const reading = (async () => {
    for await (const parts of socket) {
      try {
        receive(parts)
      } catch (error) {
        // No message may end the reading for everybody.
        core.log.error({ error }, 'a message could not be handled')
      }
    }
  })()
  reading.catch((error) => core.log.critical({ error }, 'the data plane stopped reading'))

  return {
    address: bound,
    get sessions() {
      return sessions.size
    },
    get closed() {
      return socket.closed
    },
    async expireLeases() {
      const now = core.clock.now()
      for (const session of [...sessions.values()]) {
        if (session.agent.leaseExpiresAt <= now) end(session, 'lease expired')
      }
    },
    async close() {
      socket.close()
      await reading.catch(() => {})
      await zap.close()
    },
  }
}

/** What a frame says that it is, for the log: whatever else an agent puts there is not looked at. */
function nameOf(raw: unknown): string {
  const name = (raw as { t?: unknown } | null)?.t
  return typeof name === 'string' ? name.slice(0, 32) : typeof name
}
