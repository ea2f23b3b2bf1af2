// A network that can be cut: a TCP proxy whose connections
// freeze (nothing is refused, nothing arrives) or break.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { listeningOn } from '@xerotier/runtime/listening.ts'

export interface CutProxy {
  /** tcp://127.0.0.1:port */
  address: string
  /**
   * Bytes stop in both directions, connections stay open: a link that went silent. New ones hang.
   */
  freeze(): void
  /** Ends every connection and refuses new ones. */
  break(): void
  /** Lets new connections through; frozen ones go on. */
  heal(): void
  close(): Promise<void>
}

/** @param target tcp://host:port */
export async function startCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let frozen = false
  let broken = false
  const server = createServer((near) => {
    if (broken) return void near.destroy()
    const far = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (chunk) => {
        if (!to.destroyed) to.write(chunk)
      })
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
      from.on('error', () => {})
    }
    if (frozen) for (const socket of pair) socket.pause()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const [near, far] of pairs) {
      near.destroy()
      far.destroy()
    }
  }
  return {
    address: `tcp://127.0.0.1:${listeningOn(server).port}`,
    freeze() {
      frozen = true
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    break() {
      broken = true
      drop()
    },
    heal() {
      frozen = false
      broken = false
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    async close() {
      drop()
      server.close()
      await once(server, 'close')
    },
  }
}
