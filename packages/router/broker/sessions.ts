// The sessions that live, by connection, and how each ends.

import type { Core } from '../core.ts'
import { type Ended, leaveFleet, recordEnds } from '../domain/agents/close-session.ts'
import type { Session } from './session.ts'
import type { Listener } from './socket.ts'
import type { Outlet } from './writer.ts'

export interface Sessions {
  readonly size: number
  get(routingKey: string): Session | undefined
  /** The session that writes here, while it lives. */
  of(outlet: Outlet): Session | undefined
  begin(session: Session): void
  end(session: Session, reason: string): void
  /** Ends those whose lease is over. */
  expire(): void
  /** Ends those of a listener that is gone. */
  endAt(listener: Listener, reason: string): void
}

/** Ends of sessions in a transaction. */
const together = 256

export function createSessions(core: Core): Sessions {
  const sessions = new Map<string, Session>()
  /** In memory, and not yet on record. */
  const ended: Ended[] = []
  let recording = false

  function end(session: Session, reason: string): void {
    const { routingKey } = session.outlet
    if (sessions.get(routingKey) !== session) return
    sessions.delete(routingKey)
    ended.push(...leaveFleet(core, { agent: session.agent, reason }))
    void record()
  }

  /** Those that end while some are being recorded are recorded together after them. */
  async function record(): Promise<void> {
    if (recording) return
    recording = true
    for (let some = ended.splice(0, together); some.length > 0; some = ended.splice(0, together))
      await recordEnds(core, some).catch((error) =>
        core.log.error({ error, agent_ids: some.map(({ agent }) => agent.id) }, 'closing sessions failed'),
      )
    recording = false
  }

  return {
    get size() {
      return sessions.size
    },
    get: (routingKey) => sessions.get(routingKey),
    of(outlet) {
      const session = sessions.get(outlet.routingKey)
      return session?.outlet === outlet ? session : undefined
    },
    begin(session) {
      const before = sessions.get(session.outlet.routingKey)
      // A connection has one session: another agent's would hold its calls for ever, as nothing
      // could end it any more.
      if (before !== undefined) end(before, 'another session began on its connection')
      sessions.set(session.outlet.routingKey, session)
    },
    end,
    endAt(listener, reason) {
      for (const session of [...sessions.values()]) if (session.outlet.listener === listener) end(session, reason)
    },
    expire() {
      const now = core.clock.monotonic()
      for (const session of [...sessions.values()]) {
        if (session.agent.leaseUntil <= now) end(session, 'lease expired')
      }
    },
  }
}
