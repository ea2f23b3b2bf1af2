// Whether a failed attempt is made again, and when. Only
// for what is safe to repeat: the caller knows that.
import { errorDataOf } from './advice.ts'
import { ApiError, ConnectionError } from './api-error.ts'

export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number
  /** A router that asks for more patience than this is not waited for. Milliseconds. */
  longestWaitMs: number
}

export const defaultRetryPolicy: RetryPolicy = { retries: 2, longestWaitMs: 10_000 }

const firstDelayMs = 250
const retryStatuses = [429, 502, 503, 504]

/**
 * Milliseconds until the next attempt, or undefined when there is none. `attempt` counts from 1.
 */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  error: unknown,
  random: () => number,
): number | undefined {
  if (attempt > policy.retries || !isPassing(error)) return undefined
  const strategy = error instanceof ApiError ? error.retryStrategy : undefined
  const first = strategy?.initial_delay_ms ?? firstDelayMs
  const grown = first * (strategy?.multiplier ?? 2) ** (attempt - 1)
  const capped = Math.min(grown, strategy?.max_delay_ms ?? policy.longestWaitMs)
  const asked = error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter * 1000 : 0
  // Jitter only ever adds: to come earlier than asked is to be refused again.
  const delay = Math.max(asked, capped) * (strategy?.jitter === false ? 1 : 1 + random() * 0.25)
  return delay > policy.longestWaitMs * 1.25 ? undefined : delay
}

/** Whether the failure is of the kind that passes. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) return !certificateCodes.has(error.code ?? '')
  if (!(error instanceof ApiError)) return false
  return errorDataOf(error.code)?.retry ?? retryStatuses.includes(error.status)
}

/** Node's codes of a certificate that does not verify: the next attempt will see the same one. */
const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
