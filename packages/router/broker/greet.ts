// Messages without a session: exactly one frame, hello or proof.
import { agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import type { Core } from '../core.ts'
import { manifestFault } from '../domain/agents/check-manifest.ts'
import type { Handshakes, Proof, Proved } from './handshake.ts'
import type { Message, Origin } from './message.ts'
import type { BrokerProbe } from './probe.ts'
import type { Replies } from './replies.ts'
import { claimOf, faultOf, nameOf, type ProofClaim } from './unreadable.ts'

export interface GreetParts {
  core: Core
  probe: BrokerProbe
  replies: Replies
  handshakes: Handshakes
  /** Opens a session for an agent that has proved who it is. */
  open(origin: Origin, proof: Proof, proved: Proved): Promise<void>
}

export function createGreet({ core, probe, replies, handshakes, open }: GreetParts): (message: Message) => void {
  function notOpened({ routingId }: Origin, agentId: string, error: unknown): void {
    core.log.error({ error, agent_id: agentId }, 'a session could not be opened')
    replies.refuse(routingId, 'handshake_expired', 'The router could not open the session; try again.')
  }

  /** Checks who sends a proof, then the rest of it. @returns undefined when it was refused */
  async function prove(
    message: Message,
    claim: ProofClaim,
    faultOfRest: () => Promise<string | undefined>,
  ): Promise<Proved | undefined> {
    const proved = await handshakes.finish(message, claim, faultOfRest)
    if (!('refusal' in proved)) return proved
    const { refusal, message: why } = proved
    replies.refuse(message.routingId, refusal, why, { agent_id: claim.agent_id, fault: why })
    return undefined
  }

  async function welcome(message: Message, proof: Proof): Promise<void> {
    const proved = await prove(message, proof, () => manifestFault(proof.manifest))
    if (proved !== undefined) await open(message, proof, proved)
  }

  return (message) => {
    const [raw] = message.frames
    const { length } = message.frames
    if (length !== 1) return probe.refused('malformed', { fault: `${length} frames before a session` })
    const frame = agentFrameSchema.safeParse(raw)
    if (!frame.success) {
      const claim = claimOf(raw)
      const fault = faultOf(frame.error, raw)
      if (claim === undefined) return probe.refused('malformed', { frame: nameOf(raw), fault })
      prove(message, claim, async () => fault).catch((error) => notOpened(message, claim.agent_id, error))
      return
    }
    const said = frame.data
    core.log.debug({ frame: said.t }, 'an agent greets')
    switch (said.t) {
      case 'hello': {
        const nonce = new Uint8Array(handshakes.begin(message, said))
        return replies.answer(message.routingId, {
          t: 'challenge',
          nonce,
          routing_id: new Uint8Array(message.routingId),
        })
      }
      case 'proof':
        welcome(message, said).catch((error) => notOpened(message, said.agent_id, error))
        return
      default:
        return replies.refuse(message.routingId, 'session_unknown', 'Say hello first.')
    }
  }
}
