// The data plane, put together: one CurveZMQ ROUTER socket, one reader, one writer, a session per
// agent.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Core } from '../core.ts'
import { createGreet } from './greet.ts'
import { createGuard } from './guard.ts'
import { createHandshakes } from './handshake.ts'
import { createOpening } from './opening.ts'
import { createOpenings } from './openings.ts'
import type { BrokerProbe } from './probe.ts'
import { createReceive } from './receive.ts'
import { createReplies } from './replies.ts'
import { createSessions } from './sessions.ts'
import type { DataSocket } from './socket.ts'
import { createWriter } from './writer.ts'

export interface BrokerOptions {
  core: Core
  /** Bound already. Ends with the broker. */
  dataSocket: DataSocket
  /** Of the writer. */
  clock: Clock
  probe: BrokerProbe
}

export interface Broker {
  readonly sessions: number
  readonly closed: boolean
  /** Ends sessions whose lease is over. Called every second. */
  expireLeases(): Promise<void>
  close(): Promise<void>
}

/** Messages that are read before others have their turn. */
const bytesPerTurn = 256 * 1024

export function startBroker({ core, dataSocket, clock, probe }: BrokerOptions): Broker {
  const { socket } = dataSocket
  const sessions = createSessions(core)
  const writer = createWriter(socket, clock, (outlet, error) => {
    const session = sessions.of(outlet)
    if (session !== undefined) sessions.end(session, 'unreachable')
    else core.log.debug({ error }, 'a connection went away before its answer')
  })
  const replies = createReplies(writer, probe)
  const handshakes = createHandshakes(core, (agentId) => probe.refused('too_many_handshakes', { agent_id: agentId }))
  const openings = createOpenings(core.clock, createOpening({ core, sessions, writer, replies }))
  const guard = createGuard(core.clock)
  const greet = createGreet({ core, probe, replies, handshakes, openings, guard })
  const receive = createReceive({ core, probe, sessions, writer, replies, guard, greet })

  async function read(): Promise<void> {
    let bytes = 0
    for await (const message of socket) {
      try {
        receive(message)
      } catch (error) {
        // No message may end the reading for everybody.
        core.log.error({ error }, 'a message could not be handled')
      }
      // Else whatever has come is read in one turn: a call must not wait for megabytes.
      bytes += message.reduce((sum, { length }) => sum + length, 0)
      if (bytes < bytesPerTurn) continue
      bytes = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const reading = read()
  reading.catch((error) => core.log.critical({ error }, 'the data plane stopped reading'))

  return {
    get sessions() {
      return sessions.size
    },
    get closed() {
      return socket.closed
    },
    expireLeases: async () => sessions.expire(),
    async close() {
      await dataSocket.close()
      await reading.catch(() => {})
    },
  }
}
