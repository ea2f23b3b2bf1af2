// Messages without a session: exactly one frame, hello or proof. Both are answered from memory.
import { agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import { ourVersions } from '@xerotier/protocol/wire.ts'
import { agreedVersion, disagreementOf, speaks, type WireVersions } from '@xerotier/protocol/wire-versions.ts'
import { verifyingKey } from '@xerotier/runtime/ed25519.ts'
import type { Core } from '../core.ts'
import { refuseSession } from '../domain/agents/refuse-session.ts'
import type { Guard } from './guard.ts'
import type { Handshakes, Hello, Proof, Proved } from './handshake.ts'
import { type Message, originOf } from './message.ts'
import type { Greeting } from './opening.ts'
import type { Openings } from './openings.ts'
import type { BrokerProbe } from './probe.ts'
import type { Replies } from './replies.ts'
import { claimOf, faultOf, nameOf, type ProofClaim } from './unreadable.ts'

export interface GreetParts {
  core: Core
  probe: BrokerProbe
  replies: Replies
  handshakes: Handshakes
  openings: Openings<Greeting>
  guard: Guard
}

export function createGreet(parts: GreetParts): (message: Message) => void {
  const { core, probe, replies, handshakes, openings, guard } = parts

  function hello(message: Message, said: Hello): void {
    const theirs = said.versions ?? alone(message)
    const version = agreedVersion(ourVersions, theirs)
    if (version === undefined) return unsupported(message, theirs, said.agent_id)
    const { routingId } = message
    const origin = { ...originOf(message), version }
    const nonce = new Uint8Array(handshakes.begin(origin, said))
    replies.answer(origin, { t: 'challenge', nonce, routing_id: new Uint8Array(routingId) })
  }

  /** Answered in its own version: of another it could read nothing. */
  function unsupported(message: Message, theirs: WireVersions, agent_id?: string): void {
    const fault = disagreementOf(ourVersions, theirs)
    replies.refuse(message, 'version_unsupported', fault, { agent_id, fault })
    // Of all that a hello claims, this is kept: only where its agent has signed it.
    const keys = agent_id === undefined ? [] : core.enrolledKeys.signingKeysOf(agent_id)
    if (agent_id !== undefined && keys.map(verifyingKey).some(message.isSignedBy)) refuseSession(core, agent_id, fault)
  }

  /** @returns undefined when the proof was refused */
  function prove(message: Message, claim: ProofClaim, at?: number): Proved | undefined {
    const proved = handshakes.finish(message, claim)
    if ('key' in proved) {
      const { key, roundTripMs } = proved
      // It read its clock somewhere between our challenge and now.
      const clockOffsetMs = at === undefined ? undefined : Math.round(at - core.clock.now() + roundTripMs / 2)
      return { key, clockOffsetMs }
    }
    const { refusal, message: why } = proved
    replies.refuse(message, refusal, why, { agent_id: claim.agent_id, fault: why })
    return undefined
  }

  function welcome(message: Message, proof: Proof): void {
    const proved = prove(message, proof, proof.at)
    if (proved === undefined) return
    const { agent_id } = proof
    const banned = guard.bannedFor(agent_id)
    if (banned !== undefined) return replies.postpone(message, banned)
    const retryAfterMs = openings.take(agent_id, { origin: originOf(message), proof, proved })
    if (retryAfterMs !== undefined) replies.postpone(message, retryAfterMs)
  }

  function unreadable(message: Message, raw: unknown, fault: string): void {
    const claim = claimOf(raw)
    if (claim === undefined) return probe.refused('malformed', { frame: nameOf(raw), fault })
    if (prove(message, claim) === undefined) return
    replies.refuse(message, 'manifest_invalid', fault, { agent_id: claim.agent_id, fault })
    refuseSession(core, claim.agent_id, fault)
  }

  return (message) => {
    const [raw] = message.frames
    const { length } = message.frames
    if (length !== 1) return probe.refused('malformed', { fault: `${length} frames before a session` })
    const frame = agentFrameSchema.safeParse(raw)
    // Of a version that is not ours, hello alone is known.
    if (frame.data?.t !== 'hello' && !speaks(ourVersions, message.version)) return unsupported(message, alone(message))
    if (!frame.success) return unreadable(message, raw, faultOf(frame.error, raw))
    core.log.debug({ frame: frame.data.t }, 'an agent greets')
    if (frame.data.t === 'hello') hello(message, frame.data)
    else if (frame.data.t === 'proof') welcome(message, frame.data)
    else replies.refuse(message, 'session_unknown', 'Say hello first.')
  }
}

/** Who names no versions speaks that of the message. */
function alone({ version }: Message): WireVersions {
  return { oldest: version, newest: version }
}
