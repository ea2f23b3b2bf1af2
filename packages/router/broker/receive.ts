// A message of a session: from whom it is, that it is new, and its frames one by one. Others are greetings.
import { agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import { handleFrame } from './handle.ts'
import { type Message, readMessage } from './message.ts'
import { type PeerParts, peerOf } from './peer.ts'
import type { Replies } from './replies.ts'
import { faultOf, nameOf, renewalOf } from './unreadable.ts'

export interface ReceiveParts extends PeerParts {
  replies: Replies
  /** Takes messages without a session. */
  greet(message: Message): void
}

export function createReceive(parts: ReceiveParts): (message: Buffer[]) => void {
  const { probe, sessions, replies, greet } = parts

  return (raw) => {
    const message = readMessage(raw)
    if ('fault' in message) {
      if (message.fault === 'malformed') return probe.refused('malformed', {})
      return replies.refuse(message.to, 'version_unsupported', `This router speaks version ${wireVersion}.`)
    }
    if (message.session === '') return greet(message)
    const session = sessions.get(message.routingKey)
    if (session === undefined || session.outlet.session !== message.session)
      return replies.refuse(message.routingId, 'session_unknown', 'There is no such session.')
    const about = { agent_id: session.agent.id }
    if (message.number <= session.received) return probe.refused('replayed', about)
    if (!message.isSignedBy(session.verifyingKey)) return probe.refused('signature_invalid', about)
    session.received = message.number
    const peer = peerOf(session, parts)
    const bytes = message.bytes / message.frames.length
    for (const raw of message.frames) {
      const frame = agentFrameSchema.safeParse(raw)
      if (frame.success) {
        probe.received(frame.data.t)
        handleFrame(peer, frame.data, bytes, probe)
      } else {
        const fault = faultOf(frame.error, raw)
        peer.invalid(nameOf(raw), fault)
        // Without its lease the agent would lose the session, and with it everything that was in order.
        const renewal = renewalOf(raw)
        if (renewal !== undefined) handleFrame(peer, { ...renewal, manifest: { unreadable: fault } }, bytes, probe)
      }
      if (sessions.of(session.outlet) !== session) return
    }
  }
}
