// Answers to connections that have no session (yet, or any more).
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { sessionRefusals } from '@xerotier/protocol/frames/session/session-refused.ts'
import { type Origin, originOf } from './message.ts'
import type { BrokerProbe } from './probe.ts'
import type { Writer } from './writer.ts'

export type SessionRefusal = (typeof sessionRefusals)[number]

export interface Replies {
  answer(to: Origin, frame: RouterFrame): void
  /** Says why there is no session, and counts it. `about` is for the log alone. */
  refuse(to: Origin, code: SessionRefusal, message: string, about?: Record<string, unknown>): void
  /** There is no session now, and one can be had later. */
  postpone(to: Origin, retryAfterMs: number): void
}

export function createReplies(writer: Writer, probe: BrokerProbe): Replies {
  const answer = (to: Origin, frame: RouterFrame) =>
    writer.send({ ...originOf(to), session: '', sent: 0, queue: [] }, frame)
  return {
    answer,
    refuse(to, code, message, about = {}) {
      probe.refused(code, about)
      answer(to, { t: 'session_refused', code, message })
    },
    postpone(to, retry_after_ms) {
      probe.refused('busy', {})
      const message = 'There is no session to be had now; come back later.'
      answer(to, { t: 'session_refused', code: 'handshake_expired', message, retry_after_ms })
    },
  }
}
