// The collector that the operator named.
import { hostname } from 'node:os'
import type { SiemFormat } from '@xerotier/protocol/api/exports.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Collector } from './collector.ts'
import { createSyslog } from './syslog.ts'
import { createWebhook } from './webhook.ts'

export interface SiemOptions {
  /** `syslog+tls://host:6514`, `syslog+tcp://host:601`, or http and https. */
  url: string
  format: SiemFormat
  /** PEM certificates to trust instead of the system's. */
  ca?: string | undefined
  /** For a webhook. */
  token?: string | undefined
  patienceMs?: number
}

export function connectSiem({ url, ca, token, patienceMs }: SiemOptions, clock: Clock): Collector {
  const { protocol, hostname: host, port } = new URL(url)
  const patience = patienceMs === undefined ? {} : { patienceMs }
  if (/^https?:$/.test(protocol)) return createWebhook({ url, token, ca, clock, ...patience })
  const tls = protocol === 'syslog+tls:' ? { ca } : undefined
  const bare = host.replace(/^\[|\]$/g, '')
  return createSyslog({ host: bare, port: Number(port), tls, hostname: hostname(), clock, ...patience })
}
