// A CURVE handshake and no more: whether a router that listens there lets a key in.
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'
import { Dealer } from 'zeromq'
import { patienceMs } from './patience.ts'

/** What became of it: `closed` where nobody listens, `wrong_router` where it has another key. */
export type Dialled = 'admitted' | 'refused' | 'wrong_router' | 'closed'

const outcomes: Partial<Record<string, Dialled>> = {
  handshake: 'admitted',
  'handshake:error:auth': 'refused',
  'handshake:error:protocol': 'wrong_router',
  // A socket that was closed a moment ago may take a connection, and ends it.
  disconnect: 'closed',
  close: 'closed',
  'connect:retry': 'closed',
}

/** @throws when nobody has answered after `waitMs`, as at an endpoint that is about to close */
export async function dial(
  curve: CurveKeyPair,
  router: { address: string; curve_public_key: string },
  waitMs = patienceMs,
): Promise<Dialled> {
  const socket = new Dealer({
    linger: 0,
    curveServerKey: router.curve_public_key,
    curvePublicKey: curve.publicKey,
    curveSecretKey: curve.secretKey,
  })
  const timer = setTimeout(() => socket.close(), waitMs)
  try {
    socket.connect(router.address)
    for await (const { type } of socket.events) {
      const outcome = outcomes[type]
      if (outcome !== undefined) return outcome
    }
    throw new Error(`${router.address} did not answer within ${waitMs} ms`)
  } finally {
    clearTimeout(timer)
    socket.close()
  }
}
