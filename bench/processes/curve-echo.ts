// Sends back what it gets.
import { randomBytes } from 'node:crypto'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { Router } from 'zeromq'

export interface EchoAddress {
  address: string
  publicKey: string
}

const keys = curveKeysFromSecret(randomBytes(32))
const socket = new Router({ linger: 0, curveServer: true, curveSecretKey: keys.secretKey })
await socket.bind('tcp://127.0.0.1:*')
process.send?.({ address: socket.lastEndpoint!, publicKey: keys.publicKey } satisfies EchoAddress)
for await (const parts of socket) await socket.send(parts)
