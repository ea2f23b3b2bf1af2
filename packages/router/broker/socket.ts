// The ROUTER socket of the data plane. CURVE encrypts it, and ZAP admits only enrolled keys.
import { limits } from '@xerotier/protocol/limits.ts'
import { needsIPv6 } from '@xerotier/runtime/tcp-address.ts'
import { Context, Router } from 'zeromq'
import type { EnrolledKeys } from '../domain/fleet/enrolled-keys.ts'
import type { Identity } from '../domain/identity.ts'
import type { BrokerProbe } from './probe.ts'
import { startZap } from './zap.ts'

export interface DataSocket {
  readonly socket: Router
  /** The address that was bound. */
  readonly bound: string
  /** Ends the socket and what admits to it. The reader of the socket ends with it. */
  close(): Promise<void>
}

/** @param address tcp://host:port; port 0 or * takes a free one */
export async function openSocket(
  { identity, enrolledKeys }: { identity: Identity; enrolledKeys: EnrolledKeys },
  address: string,
  probe: BrokerProbe,
): Promise<DataSocket> {
  const context = new Context()
  const zap = await startZap({
    context,
    admits: (key) => enrolledKeys.get(key) !== undefined,
    refused: (peer) => probe.refused('not_enrolled', { peer }),
  })
  const socket = new Router({
    context,
    linger: 0,
    mandatory: true,
    curveServer: true,
    curveSecretKey: identity.curve.secretKey,
    curvePublicKey: identity.curve.publicKey,
    // A whole fleet may dial at once; Linux takes no more than net.core.somaxconn.
    backlog: 4096,
    maxMessageSize: limits.messageBytes,
    handshakeInterval: limits.handshakeMs,
    sendTimeout: 2_000,
    heartbeatInterval: 5_000,
    heartbeatTimeout: 15_000,
    heartbeatTimeToLive: 15_000,
    ipv6: await needsIPv6(address),
  })
  await socket.bind(address.replace(/:0$/, ':*'))
  return {
    socket,
    bound: socket.lastEndpoint ?? address,
    async close() {
      socket.close()
      await zap.close()
    },
  }
}
