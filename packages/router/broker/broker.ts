// The data plane, put together: CurveZMQ ROUTER sockets, one for each key under which it listens,
// one reader each, one writer, a session per agent.

import type { Clock } from '@xerotier/runtime/clock.ts'
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'
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
import type { DataSocket, Listener } from './socket.ts'
import { createWriter } from './writer.ts'

export interface BrokerOptions {
  core: Core
  /** Ends with the broker. */
  dataSocket: DataSocket
  /** Those that listen already. */
  listeners: readonly Listener[]
  /** Of the writer. */
  clock: Clock
  probe: BrokerProbe
}

export interface Broker {
  readonly sessions: number
  readonly closed: boolean
  /**
   * Listens under another key too.
   * @returns the address that was bound. @throws when it cannot be
   */
  listen(id: string, keys: CurveKeyPair, address: string): Promise<string>
  /** Listens under a key no more: what is connected there is cut off. */
  unlisten(id: string): Promise<void>
  /** Ends sessions whose lease is over. Called every second. */
  expireLeases(): Promise<void>
  close(): Promise<void>
}

/** Messages that are read before others have their turn. */
const bytesPerTurn = 256 * 1024

export function startBroker({ core, dataSocket, listeners, clock, probe }: BrokerOptions): Broker {
  const sessions = createSessions(core)
  const writer = createWriter(clock, (outlet, error) => {
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
  const reading = new Map<Listener, Promise<void>>()

  async function read(listener: Listener): Promise<void> {
    let bytes = 0
    for await (const message of listener.socket) {
      try {
        receive(listener, message)
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

  function begin(listener: Listener): void {
    const reader = read(listener).catch((error) =>
      core.log.critical({ error, router_key_id: listener.id }, 'the data plane stopped reading'),
    )
    reading.set(listener, reader)
  }

  for (const listener of listeners) begin(listener)

  return {
    get sessions() {
      return sessions.size
    },
    get closed() {
      return reading.size === 0 || [...reading.keys()].some(({ socket }) => socket.closed)
    },
    async listen(id, keys, address) {
      const listener = await dataSocket.listen(id, keys, address)
      begin(listener)
      return listener.bound
    },
    async unlisten(id) {
      const listener = [...reading.keys()].find((one) => one.id === id)
      if (listener === undefined) return
      const reader = reading.get(listener)
      reading.delete(listener)
      sessions.endAt(listener, 'the router listens under its key no more')
      listener.socket.close()
      await reader
    },
    expireLeases: async () => sessions.expire(),
    async close() {
      await dataSocket.close()
      await Promise.all(reading.values())
    },
  }
}
