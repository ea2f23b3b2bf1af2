// What one attempt came to, and when the next one is.
import { limits } from '@xerotier/protocol/limits.ts'
import type { DeliveryRow } from '../../store/tables.ts'

export type Attempted =
  | { delivered: true; status?: number }
  | {
      delivered: false
      status?: number | undefined
      /** Names no path, query or header: those hold secrets. */
      error: string
      /** Trying again cannot help. */
      final?: boolean
      /** When the receiver wants to be asked again, ms. */
      retryAfterMs?: number | undefined
    }

/** Sends one delivery. It ends by itself, and rejects for nothing but an error of ours. */
export type Send = (delivery: DeliveryRow) => Promise<Attempted>

const mostMs = 3_600_000

/**
 * How long after a failed attempt the next one is, ms; undefined when there is none.
 * @param chance from 0 to 1: receivers that fail together are not asked again together
 */
export function waitAfter(
  attempted: Exclude<Attempted, { delivered: true }>,
  delivery: { attempts: number; ageMs: number },
  chance: number,
): number | undefined {
  if (attempted.final === true || delivery.attempts >= limits.deliveryAttempts) return undefined
  if (delivery.ageMs >= limits.deliveryHours * 3_600_000) return undefined
  const usual = limits.deliveryBackoffMs * 4 ** (delivery.attempts - 1) * (0.8 + 0.4 * chance)
  return Math.max(usual, Math.min(attempted.retryAfterMs ?? 0, mostMs))
}
