// How often a key may ask: its own quota, and what every key may.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { FastifyReply } from 'fastify'
import type { KnownKey } from '../../domain/api-keys/keyring.ts'
import { perProject } from '../../domain/per-project.ts'
import { createWindows } from '../../domain/window.ts'

/** A key, or a session. */
export interface Counted extends Pick<KnownKey, 'quota'> {
  id: string
  projectId: string
}

export type CountUse = (counted: Counted, reply: FastifyReply) => void

/** Counts a request and says in the headers what is left. @throws Fault rate_limit_exceeded */
export function createKeyRate(clock: Clock, requestsPerMinute: number): CountUse {
  const projects = perProject(() => ({ quotas: createWindows(), rates: createWindows() }))
  return ({ id, projectId, quota }, reply) => {
    const { quotas, rates } = projects.of(projectId)
    const rate = rates(id, requestsPerMinute, 60_000)
    const own = quota === null ? undefined : quotas(id, quota.requests, quota.window_seconds * 1000)
    const told = own ?? rate
    reply.header('x-ratelimit-limit', told.requests)
    for (const window of own === undefined ? [rate] : [own, rate]) {
      const waitMs = window.take(clock.monotonic())
      if (waitMs === 0) continue
      reply.header('x-ratelimit-remaining', 0)
      throw new Fault('rate_limit_exceeded', { retryAfter: Math.ceil(waitMs / 1000) })
    }
    reply.header('x-ratelimit-remaining', told.remaining())
  }
}
