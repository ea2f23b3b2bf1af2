// The ROUTER sockets of the data plane: one for each key under which it listens. CURVE encrypts
// them, and ZAP admits only enrolled keys, to all of them alike.
import { limits } from '@xerotier/protocol/limits.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'
import { needsIPv6 } from '@xerotier/runtime/tcp-address.ts'
import { Context, Router } from 'zeromq'
import type { EnrolledKeys } from '../domain/fleet/enrolled-keys.ts'
import type { BrokerProbe } from './probe.ts'
import { startZap } from './zap.ts'

/** Where the data plane listens under one key. */
export interface Listener {
  /** Of the key. */
  readonly id: string
  readonly socket: Router
  /** The address that was bound. */
  readonly bound: string
  /** Before the routing ids of its connections, which another listener may give out as well. */
  readonly mark: string
}

export interface DataSocket {
  /**
   * @param address tcp://host:port; port 0 or * takes a free one
   * @throws when it cannot be bound, also not in the time that an earlier listener may take to go
   */
  listen(id: string, keys: CurveKeyPair, address: string): Promise<Listener>
  /** Ends all listeners and what admits to them. Their readers end with them. */
  close(): Promise<void>
}

/** A socket that was closed frees its port a moment later. */
const bindAgain = { times: 20, ms: 100 }

export async function openSocket({
  enrolledKeys,
  probe,
  clock,
}: {
  enrolledKeys: Pick<EnrolledKeys, 'get'>
  probe: BrokerProbe
  /** Real time. */
  clock: Clock
}): Promise<DataSocket> {
  const context = new Context()
  const zap = await startZap({
    context,
    admits: (key) => enrolledKeys.get(key) !== undefined,
    refused: (peer) => probe.refused('not_enrolled', { peer }),
  })
  const sockets = new Set<Router>()
  let count = 0
  return {
    async listen(id, { secretKey, publicKey }, address) {
      const socket = new Router({
        context,
        linger: 0,
        mandatory: true,
        curveServer: true,
        curveSecretKey: secretKey,
        curvePublicKey: publicKey,
        // A whole fleet may dial at once; Linux takes no more than net.core.somaxconn.
        backlog: 4096,
        maxMessageSize: limits.messageBytes,
        handshakeInterval: limits.handshakeMs,
        sendTimeout: 2_000,
        // Agents ping every 5 s, and say after how long of silence to give them up. That holds when
        // a ping came last; behind a call it is this that finds out, in the time of a lease.
        heartbeatInterval: 15_000,
        heartbeatTimeout: 15_000,
        ipv6: await needsIPv6(address),
      })
      try {
        await bind(socket, address.replace(/:0$/, ':*'), clock)
      } catch (error) {
        socket.close()
        throw error
      }
      sockets.add(socket)
      count += 1
      return { id, socket, bound: socket.lastEndpoint ?? address, mark: String.fromCharCode(count) }
    },
    async close() {
      for (const socket of sockets) socket.close()
      await zap.close()
    },
  }
}

async function bind(socket: Router, address: string, clock: Clock): Promise<void> {
  for (let left = bindAgain.times; ; left--) {
    try {
      return await socket.bind(address)
    } catch (error) {
      if (left === 0 || codeOf(error) !== 'EADDRINUSE') throw error
      await new Promise<void>((resolve) => void clock.after(bindAgain.ms, resolve))
    }
  }
}
