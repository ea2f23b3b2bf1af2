// A message of a session: from whom it is, that it is new, and its frames one by one. Others are
// greetings.
import { agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import type { SessionFrame } from './frames/handlers.ts'
import { handleFrame } from './handle.ts'
import { type Message, readMessage, routingKeyOf } from './message.ts'
import { type Peer, type PeerParts, peerOf } from './peer.ts'
import type { Replies } from './replies.ts'
import { sameRenewalOf } from './same-renewal.ts'
import type { Listener } from './socket.ts'
import { faultOf, nameOf, renewalOf } from './unreadable.ts'

export interface ReceiveParts extends PeerParts {
  replies: Replies
  /** Takes messages without a session. */
  greet(message: Message): void
}

export function createReceive(parts: ReceiveParts): (listener: Listener, message: Buffer[]) => void {
  const { probe, sessions, replies, guard, greet } = parts

  /** A message that no session sent. */
  const spend = (routingKey: string) => {
    if (guard.spend(routingKey, 1)) probe.refused('flood', {})
  }

  return (listener, raw) => {
    const routingKey = routingKeyOf(listener, raw[0])
    if (guard.isMuted(routingKey)) return
    const message = readMessage(listener, raw)
    if (message === undefined) {
      spend(routingKey)
      return probe.refused('malformed', {})
    }
    if (message.session === '') {
      spend(routingKey)
      return greet(message)
    }
    const session = sessions.get(message.routingKey)
    if (session === undefined || session.outlet.session !== message.session) {
      spend(routingKey)
      return replies.refuse(message, 'session_unknown', 'There is no such session.')
    }
    const about = { agent_id: session.agent.id }
    const peer = peerOf(session, parts)
    if (message.number <= session.received) {
      probe.refused('replayed', about)
      return peer.spend(1)
    }
    if (!message.isSignedBy(session.verifyingKey)) {
      probe.refused('signature_invalid', about)
      return peer.spend(1)
    }
    if (message.version !== session.outlet.version) {
      const { version } = session.outlet
      const why = `This session is of version ${version} of the wire, and a message of it came in version ${message.version}.`
      replies.refuse(session.outlet, 'version_unsupported', why, { ...about, fault: why })
      return sessions.end(session, why)
    }
    session.received = message.number
    const bytes = message.bytes / message.frames.length
    for (const raw of message.frames) {
      const frame = readFrame(peer, raw)
      if (frame !== undefined) handleFrame(peer, frame, bytes, probe)
      if (sessions.of(session.outlet) !== session) return
    }
  }

  function readFrame(peer: Peer, raw: unknown): SessionFrame | undefined {
    const same = sameRenewalOf(raw, peer.session.agent.manifest)
    const frame = same === undefined ? agentFrameSchema.safeParse(raw) : ({ success: true, data: same } as const)
    if (frame.success) {
      probe.received(frame.data.t)
      return frame.data
    }
    const fault = faultOf(frame.error, raw)
    peer.invalid(nameOf(raw), fault)
    // Without its lease the agent would lose the session, and with it everything that was in order.
    const renewal = renewalOf(raw)
    return renewal && { ...renewal, manifest: { unreadable: fault } }
  }
}
