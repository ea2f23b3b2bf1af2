// Answers to connections that have no session (yet, or any more).
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { sessionRefusals } from '@xerotier/protocol/frames/session/session-refused.ts'
import type { BrokerProbe } from './probe.ts'
import type { Writer } from './writer.ts'

export type SessionRefusal = (typeof sessionRefusals)[number]

export interface Replies {
  answer(routingId: Buffer, frame: RouterFrame): void
  /** Says why there is no session, and counts it. `about` is for the log alone. */
  refuse(routingId: Buffer, code: SessionRefusal, message: string, about?: Record<string, unknown>): void
}

export function createReplies(writer: Writer, probe: BrokerProbe): Replies {
  const answer = (routingId: Buffer, frame: RouterFrame) =>
    writer.send({ routingId, session: '', sent: 0, queue: [] }, frame)
  return {
    answer,
    refuse(routingId, code, message, about = {}) {
      probe.refused(code, about)
      answer(routingId, { t: 'session_refused', code, message })
    },
  }
}
