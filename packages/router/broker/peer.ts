// What a frame handler may use.
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { Core } from '../core.ts'
import type { Guard } from './guard.ts'
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
  /** It sent what is of no use to anybody, or may become too much. Counts towards its budget. */
  spend(cost: number): void
  /** Ends the session. */
  end(reason: string): void
  /**
   * Ends the session and asks the agent for another at once: what both sides have is then compared
   * anew.
   */
  begin(reason: string): void
}

export interface PeerParts {
  core: Core
  probe: BrokerProbe
  sessions: Sessions
  writer: Writer
  guard: Guard
}

export function peerOf(session: Session, { core, probe, sessions, writer, guard }: PeerParts): Peer {
  const { outlet, agent } = session

  function spend(cost: number): void {
    if (!guard.spend(outlet.routingKey, cost)) return
    const retry_after_ms = guard.ban(agent.id)
    const message = 'It sent too much that was refused.'
    probe.refused('flood', { agent_id: agent.id })
    core.log.warning({ agent_id: agent.id, agent: agent.name, retry_after_ms }, 'an agent floods; its session ends')
    writer.send(outlet, { t: 'session_refused', code: 'session_unknown', message, retry_after_ms })
    sessions.end(session, 'it sent too much that was refused')
  }

  return {
    core,
    session,
    reply: (frame) => writer.send(session.outlet, frame),
    replyLater: (frame) => writer.sendLater(session.outlet, frame),
    invalid(frame, fault) {
      probe.refused('frame_invalid', { agent_id: session.agent.id, frame, fault })
      spend(1)
    },
    spend,
    end: (reason) => sessions.end(session, reason),
    begin(reason) {
      writer.send(session.outlet, { t: 'session_refused', code: 'session_unknown', message: reason })
      sessions.end(session, reason)
    },
  }
}
