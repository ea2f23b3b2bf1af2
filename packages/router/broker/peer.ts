// What a frame handler may use.
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { Core } from '../domain/core.ts'
import type { Session } from './session.ts'

export interface Peer {
  core: Core
  session: Session
  reply(frame: RouterFrame): void
  /** With the next message to this agent, or a few milliseconds from now. */
  replyLater(frame: RouterFrame): void
  /** Ends the session. */
  end(reason: string): void
  /** Ends the session and asks the agent for another at once: what both sides have is then compared anew. */
  begin(reason: string): void
}
