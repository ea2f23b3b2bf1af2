// A CURVE round trip between two processes, with nothing but ZeroMQ in it.

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { Dealer } from 'zeromq'
import type { Cleanup } from './cleanup.ts'
import type { EchoAddress } from './processes/curve-echo.ts'

export interface CurveEcho {
  /** 1 KB there and back. */
  roundTrip(): Promise<void>
  close(): Promise<void>
}

export async function startCurveEcho(cleanup: Cleanup): Promise<CurveEcho> {
  const child = fork(join(import.meta.dirname, 'processes/curve-echo.ts'))
  cleanup.defer(() => child.kill('SIGKILL'))
  const [{ address, publicKey }] = (await once(child, 'message')) as [EchoAddress]
  const keys = curveKeysFromSecret(randomBytes(32))
  const socket = new Dealer({
    linger: 0,
    curveServerKey: publicKey,
    curvePublicKey: keys.publicKey,
    curveSecretKey: keys.secretKey,
  })
  socket.connect(address)
  const payload = Buffer.alloc(1024, 1)
  // Answers come in the order of the questions: one connection each way.
  const waiting: (() => void)[] = []
  const unsent: Buffer[] = []
  let sending = false
  void (async () => {
    for await (const _ of socket) waiting.shift()?.()
  })().catch(() => {})
  const send = async () => {
    sending = true
    // A second send while one is pending would throw EBUSY.
    for (let next = unsent.pop(); next !== undefined; next = unsent.pop()) await socket.send(next)
    sending = false
  }
  return {
    roundTrip: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        unsent.push(payload)
        if (!sending) void send()
      }),
    async close() {
      socket.close()
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
