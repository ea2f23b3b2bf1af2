// Who is at the other end of the connections, by address: what one of them may have is limited, so
// that it leaves room for the others.
import type { Server } from 'node:http'
import { BlockList, isIP, isIPv6, type Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'

export interface Peer {
  readonly address: string
  /** A trusted proxy. */
  readonly speaksForMany: boolean
  /** How much it may have of something that is limited by address. */
  most(limit: number): number
  readonly connections: Set<Socket>
  /** Those of them that are through with their TLS handshake. */
  readonly secured: Set<Socket>
}

export type CutReason = 'connections' | 'handshakes' | 'pipelining'

export interface Peers {
  /** Undefined when the connection is gone. */
  of(socket: Socket): Peer | undefined
  /** Cuts a connection and all others of its address, whatever they are in the middle of. */
  cut(peer: Peer, socket: Socket, reason: CutReason): void
  /** Cuts everybody. */
  close(): void
}

export function trackPeers(
  server: Server,
  options: {
    clock: Clock
    trustedProxies?: readonly string[] | undefined
    onCut(reason: CutReason, address: string): void
  },
): Peers {
  const { clock } = options
  /** By the port at the other end: the socket that is secured is not the one that came. */
  const handshakeLimits = new Map<string, Timer>()
  const peers = new Map<string, Peer>()
  const trusted = listOf(options.trustedProxies ?? [])
  server.maxConnections = limits.httpConnections

  const peerAt = (address: string): Peer => {
    const known = peers.get(address)
    if (known !== undefined) return known
    const speaksForMany = trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
    const peer: Peer = {
      address,
      speaksForMany,
      most: speaksForMany ? () => Number.POSITIVE_INFINITY : (limit) => limit,
      connections: new Set(),
      secured: new Set(),
    }
    peers.set(address, peer)
    return peer
  }
  const tooMany = (peer: Peer): CutReason | undefined => {
    if (peer.connections.size >= peer.most(limits.httpConnectionsPerAddress)) return 'connections'
    const handshakes = server instanceof TlsServer ? peer.connections.size - peer.secured.size : 0
    return handshakes >= peer.most(limits.httpHandshakesPerAddress) ? 'handshakes' : undefined
  }

  const handshakeDone = (end: string) => {
    handshakeLimits.get(end)?.cancel()
    handshakeLimits.delete(end)
  }

  // Before the server's own listener: what is refused costs no handshake.
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return void socket.destroy()
    const peer = peerAt(remoteAddress)
    const reason = tooMany(peer)
    if (reason !== undefined) {
      options.onCut(reason, peer.address)
      return void socket.destroy()
    }
    // Node's own list of connections lacks those that are still in their TLS handshake.
    peer.connections.add(socket)
    const end = endOf(socket)
    if (server instanceof TlsServer) {
      const cut = () => {
        options.onCut('handshakes', peer.address)
        socket.destroy()
      }
      handshakeLimits.set(end, clock.after(limits.httpHandshakeMs, cut))
    }
    socket.once('close', () => {
      handshakeDone(end)
      peer.connections.delete(socket)
      if (peer.connections.size === 0 && peers.get(peer.address) === peer) peers.delete(peer.address)
    })
  })
  server.on('secureConnection', (socket: Socket) => {
    handshakeDone(endOf(socket))
    const peer = peers.get(socket.remoteAddress ?? '')
    if (peer === undefined) return
    peer.secured.add(socket)
    socket.once('close', () => peer.secured.delete(socket))
  })

  return {
    of: (socket) => peers.get(socket.remoteAddress ?? ''),
    cut(peer, socket, reason) {
      options.onCut(reason, peer.address)
      socket.destroy()
      // Of a proxy, the others are other people's.
      if (!peer.speaksForMany) for (const other of peer.connections) other.destroy()
    },
    close() {
      for (const { connections } of peers.values()) for (const socket of connections) socket.destroy()
    },
  }
}

function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    if (isIP(address) === 0) continue
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
