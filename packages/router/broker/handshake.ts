// hello → challenge → proof → welcome. A connection is nobody until its agent has signed our nonce,
// its routing id and its CURVE key with the Ed25519 key that was enrolled.
import { type KeyObject, randomBytes } from 'node:crypto'
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { verifyingKey } from '@xerotier/runtime/ed25519.ts'
import type { Core } from '../core.ts'
import type { Message, Origin } from './message.ts'
import type { SessionRefusal } from './replies.ts'
import type { ProofClaim } from './unreadable.ts'

export type Hello = Extract<AgentFrame, { t: 'hello' }>
export type Proof = Extract<AgentFrame, { t: 'proof' }>

/** What an agent has shown that may have a session. */
export interface Proved {
  /** Verifies its messages. */
  key: KeyObject
  /** How far its clock is ahead of ours, where it said what it shows. */
  clockOffsetMs: number | undefined
}

interface Pending {
  nonce: Buffer
  agentId: string
  /** Of the wire, that the challenge was written in. */
  version: number
  at: number
}

export interface Handshakes {
  /**
   * A connection says hello. When too many handshakes are open, the oldest of the agent that has
   * most is forgotten: nobody has proved anything yet, and whoever fills the table keeps no
   * newcomer out.
   * @returns the nonce to sign
   */
  begin(origin: Pick<Origin, 'routingKey' | 'version'>, hello: Hello): Buffer
  /**
   * Checks who sends a proof, from memory. A nonce is good for one.
   * @returns the key of the agent, and what its answer took
   */
  finish(
    message: Pick<Message, 'routingId' | 'routingKey' | 'version' | 'isSignedBy'>,
    claim: ProofClaim,
  ): { key: KeyObject; roundTripMs: number } | { refusal: SessionRefusal; message: string }
}

type Surroundings = Pick<Core, 'clock'> & { enrolledKeys: Pick<Core['enrolledKeys'], 'get'> }

/** @param crowded hears of each handshake that had to go for another, by the agent that it named */
export function createHandshakes(
  { clock, enrolledKeys }: Surroundings,
  crowded: (agentId: string) => void,
): Handshakes {
  const open = new Map<string, Pending>()
  /** How many of those name each agent. */
  const byAgent = new Map<string, number>()

  const close = (routingKey: string): Pending | undefined => {
    const pending = open.get(routingKey)
    if (pending === undefined) return undefined
    open.delete(routingKey)
    const left = (byAgent.get(pending.agentId) ?? 0) - 1
    if (left <= 0) byAgent.delete(pending.agentId)
    else byAgent.set(pending.agentId, left)
    return pending
  }

  const forgetOld = () => {
    const oldest = clock.monotonic() - limits.handshakeMs
    for (const [routingKey, pending] of open) {
      if (pending.at > oldest) return // insertion order is age order
      close(routingKey)
    }
  }

  const forgetOneOfMost = () => {
    let most = 0
    for (const count of byAgent.values()) most = Math.max(most, count)
    for (const [routingKey, { agentId }] of open) {
      if (byAgent.get(agentId) !== most) continue
      close(routingKey)
      return crowded(agentId)
    }
  }

  return {
    begin({ routingKey, version }, hello) {
      forgetOld()
      close(routingKey)
      if (open.size >= limits.pendingHandshakes) forgetOneOfMost()
      const nonce = randomBytes(32)
      open.set(routingKey, { nonce, agentId: hello.agent_id, version, at: clock.monotonic() })
      byAgent.set(hello.agent_id, (byAgent.get(hello.agent_id) ?? 0) + 1)
      return nonce
    },
    finish({ routingId, routingKey, version, isSignedBy }, claim) {
      const pending = close(routingKey)
      if (pending === undefined || clock.monotonic() - pending.at > limits.handshakeMs) {
        return { refusal: 'handshake_expired', message: 'There is no open challenge for this connection.' }
      }
      if (
        pending.agentId !== claim.agent_id ||
        !pending.nonce.equals(claim.nonce) ||
        !routingId.equals(claim.routing_id)
      ) {
        return { refusal: 'identity_mismatch', message: 'The proof answers another challenge.' }
      }
      // Signed, as what it answers is not: an agent confirms the version by using it.
      if (pending.version !== version)
        return {
          refusal: 'version_unsupported',
          message: `The challenge is of version ${pending.version} of the wire, its proof of version ${version}.`,
        }
      const known = enrolledKeys.get(claim.curve_public_key)
      // One answer for unknown, suspended and wrong keys: a stranger learns nothing.
      if (known?.agentId !== claim.agent_id)
        return { refusal: 'identity_mismatch', message: 'The proof does not fit an enrolled agent.' }
      const key = known.signingPublicKeys.map(verifyingKey).find(isSignedBy)
      if (key === undefined)
        return { refusal: 'signature_invalid', message: 'The signature does not verify with the enrolled key.' }
      return { key, roundTripMs: clock.monotonic() - pending.at }
    },
  }
}
