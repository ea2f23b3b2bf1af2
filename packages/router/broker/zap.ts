// ZeroMQ authentication (RFC 27): only the CURVE keys of enrolled agents pass the handshake.
// Nothing ties a later message to that key; the signed session does (session.ts).
import { z85Encode } from '@xerotier/runtime/z85.ts'
import { type Context, Router } from 'zeromq'

export interface ZapOptions {
  context: Context
  /** Whether this CURVE public key (Z85) may connect. */
  admits(curvePublicKey: string): boolean
  refused(address: string): void
}

export interface Zap {
  close(): Promise<void>
}

/**
 * Must be running before a CURVE server binds: libzmq asks nobody, and admits everybody, when there
 * is no handler.
 */
export async function startZap(options: ZapOptions): Promise<Zap> {
  const socket = new Router({ context: options.context, linger: 0 })
  await socket.bind('inproc://zeromq.zap.01')
  const answering = answer()

  async function answer(): Promise<void> {
    for await (const parts of socket) {
      const [, , , , , address, , mechanism, credentials] = parts
      const key = mechanism?.toString() === 'CURVE' && credentials?.length === 32 ? z85Encode(credentials) : undefined
      const admitted = key !== undefined && options.admits(key)
      if (!admitted) options.refused(address?.toString() ?? '')
      // Envelope, empty frame, version and request id come back as they came.
      const [status, text] = admitted ? ['200', 'OK'] : ['400', 'not enrolled']
      await socket.send([...parts.slice(0, 4), status, text, '', ''])
    }
  }

  return {
    async close() {
      socket.close()
      await answering.catch(() => {})
    },
  }
}
