import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { limits } from '@xerotier/protocol/limits.ts'

export interface Connections {
  /** Cuts all of them, whatever they are in the middle of. */
  destroy(): void
}

/** Node's own list lacks those that are still in their TLS handshake. */
export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>()
  server.maxConnections = limits.httpConnections
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    destroy() {
      for (const socket of open) socket.destroy()
    },
  }
}
