// Many CURVE connections to one address, each of which has said something.
import { randomBytes } from 'node:crypto'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { context, Dealer } from 'zeromq'
import type { EchoAddress } from './curve-echo.ts'

export interface CrowdSettings extends EchoAddress {
  connections: number
}

const { address, publicKey, connections } = JSON.parse(process.env.XEROTIER_BENCH_SETTINGS ?? '') as CrowdSettings
context.maxSockets = 4096
for (let one = 0; one < connections; one++) {
  const keys = curveKeysFromSecret(randomBytes(32))
  const socket = new Dealer({
    linger: 0,
    curveServerKey: publicKey,
    curvePublicKey: keys.publicKey,
    curveSecretKey: keys.secretKey,
  })
  socket.connect(address)
  await socket.send('here')
  await socket.receive()
}
process.send?.('connected')
