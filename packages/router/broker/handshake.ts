// hello → challenge → proof → welcome. A connection is nobody until its agent has signed our nonce, its routing id and its
// CURVE key with the Ed25519 key that was enrolled.
import { type KeyObject, randomBytes } from 'node:crypto'
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { verifyingKey } from '@xerotier/runtime/ed25519.ts'
import type { Core } from '../core.ts'
import { type EnrolledAgent, findEnrolled } from '../domain/agents/enrolled.ts'
import type { Message, Origin } from './message.ts'
import type { SessionRefusal } from './replies.ts'
import type { ProofClaim } from './unreadable.ts'

export type Proof = Extract<AgentFrame, { t: 'proof' }>

/** Who it is that sent a proof, and the key that verifies its messages. */
export interface Proved {
  agent: EnrolledAgent
  key: KeyObject
}

interface Pending {
  nonce: Buffer
  agentId: string
  at: number
}

export interface Handshakes {
  /**
   * A connection says hello. @returns the nonce to sign. When too many handshakes are open, the oldest of the agent that has
   * most is forgotten: nobody has proved anything yet, so whoever fills the table must not keep newcomers out.
   */
  begin(origin: Origin, hello: Extract<AgentFrame, { t: 'hello' }>): Buffer
  /**
   * Checks a proof, with the signature of its message. A nonce is good for one proof.
   * @param faultOfRest what is wrong with all else that it says; asked when it is certain who says it
   */
  finish(
    message: Pick<Message, 'routingId' | 'routingKey' | 'isSignedBy'>,
    proof: ProofClaim,
    faultOfRest: () => Promise<string | undefined>,
  ): Promise<Proved | { refusal: SessionRefusal; message: string }>
}

/** @param crowded hears of each handshake that had to go for another, by the agent that it named */
export function createHandshakes(core: Core, crowded: (agentId: string) => void): Handshakes {
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
    const oldest = core.clock.monotonic() - limits.handshakeMs
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
    begin({ routingKey }, hello) {
      forgetOld()
      close(routingKey)
      if (open.size >= limits.pendingHandshakes) forgetOneOfMost()
      const nonce = randomBytes(32)
      open.set(routingKey, { nonce, agentId: hello.agent_id, at: core.clock.monotonic() })
      byAgent.set(hello.agent_id, (byAgent.get(hello.agent_id) ?? 0) + 1)
      return nonce
    },
    async finish({ routingId, routingKey, isSignedBy }, proof, faultOfRest) {
      const pending = close(routingKey)
      if (pending === undefined || core.clock.monotonic() - pending.at > limits.handshakeMs) {
        return { refusal: 'handshake_expired', message: 'There is no open challenge for this connection.' }
      }
      if (
        pending.agentId !== proof.agent_id ||
        !pending.nonce.equals(proof.nonce) ||
        !routingId.equals(proof.routing_id)
      ) {
        return { refusal: 'identity_mismatch', message: 'The proof answers another challenge.' }
      }
      const agent = await findEnrolled(core, proof.agent_id)
      // One answer for unknown, suspended and wrong keys: a stranger learns nothing.
      const refused = { refusal: 'identity_mismatch', message: 'The proof does not fit an enrolled agent.' } as const
      if (agent === undefined || agent.curve_public_key !== proof.curve_public_key) return refused
      const key = verifyingKey(agent.signing_public_key)
      if (!isSignedBy(key))
        return { refusal: 'signature_invalid', message: 'The signature does not verify with the enrolled key.' }
      const fault = await faultOfRest()
      if (fault !== undefined) return { refusal: 'manifest_invalid', message: fault.slice(0, 500) }
      return { agent, key }
    },
  }
}
