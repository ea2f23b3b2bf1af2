// Records by HTTP, some at once, one a line. An answer of 2xx says that the collector has them.
import type { Clock } from '@xerotier/runtime/clock.ts'
import { createOutbound } from '@xerotier/runtime/outbound.ts'
import type { Collector } from './collector.ts'

export interface WebhookOptions {
  url: string
  token: string | undefined
  ca: string | undefined
  clock: Clock
  patienceMs?: number
}

export function createWebhook({ url, token, ca, clock, patienceMs = 10_000 }: WebhookOptions): Collector {
  // An operator names it, often in a network of their own.
  const outbound = createOutbound({
    clock,
    privateTargets: true,
    ...(ca === undefined ? {} : { ca }),
    limits: { firstByteMs: patienceMs, connectMs: patienceMs, totalMs: 3 * patienceMs },
  })
  return {
    async send(lines) {
      const { status } = await outbound({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: lines.map(({ text }) => `${text}\n`).join(''),
      })
      if (status < 200 || status > 299) throw new Error(`the collector answered ${status}`)
    },
    async close() {},
  }
}
