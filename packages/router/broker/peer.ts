// What a frame handler may use.
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { Core } from '../core.ts'
import type { BrokerProbe } from './probe.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Writer } from './writer.ts'

export interface Peer {
  core: Core
  session: Session
  reply(frame: RouterFrame): void
  /** With the next message to this agent, or a few milliseconds from now. */
  replyLater(frame: RouterFrame): void
  /** The session sent what it must not, by the name of the frame. */
  invalid(frame: string, fault?: string): void
  /** Ends the session. */
  end(reason: string): void
  /** Ends the session and asks the agent for another at once: what both sides have is then compared anew. */
  begin(reason: string): void
}

export interface PeerParts {
  core: Core
  probe: BrokerProbe
  sessions: Sessions
  writer: Writer
}

export function peerOf(session: Session, { core, probe, sessions, writer }: PeerParts): Peer {
  return {
    core,
    session,
    reply: (frame) => writer.send(session.outlet, frame),
    replyLater: (frame) => writer.sendLater(session.outlet, frame),
    invalid: (frame, fault) => probe.refused('frame_invalid', { agent_id: session.agent.id, frame, fault }),
    end: (reason) => sessions.end(session, reason),
    begin(reason) {
      writer.send(session.outlet, { t: 'session_refused', code: 'session_unknown', message: reason })
      sessions.end(session, reason)
    },
  }
}
