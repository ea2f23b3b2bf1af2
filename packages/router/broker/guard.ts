// What a connection may send that is of no use to anybody. Each such message costs the thread that
// serves all; whoever goes on sending them loses its session, and is not read for a while.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'

export interface Guard {
  /** Whether what comes from the connection is dropped unread. */
  isMuted(routingKey: string): boolean
  /** Something came for nothing. @returns whether that was too much: the connection is muted */
  spend(routingKey: string, cost: number): boolean
  /** Its session ended for what it sent. @returns after how many ms it may have another */
  ban(agentId: string): number
  /** For how many ms it may have none; undefined when it may. */
  bannedFor(agentId: string): number | undefined
}

interface Budget {
  left: number
  at: number
  mutedUntil: number
}

const muteMs = 10_000
const ban = { firstMs: 10_000, longestMs: 600_000 }
const connectionsRemembered = 10_000

export function createGuard(clock: Pick<Clock, 'monotonic'>): Guard {
  const budgets = new Map<string, Budget>()
  const bans = new Map<string, { until: number; ms: number }>()

  function budgetOf(routingKey: string, now: number): Budget {
    const known = budgets.get(routingKey)
    if (known === undefined) {
      const oldest = budgets.size < connectionsRemembered ? undefined : budgets.keys().next().value
      if (oldest !== undefined) budgets.delete(oldest)
      const fresh = { left: limits.wastePerConnection, at: now, mutedUntil: 0 }
      budgets.set(routingKey, fresh)
      return fresh
    }
    const refill = ((now - known.at) / 1000) * limits.wasteRefillPerSecond
    known.left = Math.min(limits.wastePerConnection, known.left + refill)
    known.at = now
    return known
  }

  return {
    isMuted(routingKey) {
      const budget = budgets.get(routingKey)
      return budget !== undefined && budget.mutedUntil > clock.monotonic()
    },
    spend(routingKey, cost) {
      const now = clock.monotonic()
      const budget = budgetOf(routingKey, now)
      budget.left -= cost
      if (budget.left > 0) return false
      budget.left = limits.wasteRefillPerSecond
      budget.mutedUntil = now + muteMs
      return true
    },
    ban(agentId) {
      const now = clock.monotonic()
      const before = bans.get(agentId)
      const again = before !== undefined && now < before.until + ban.longestMs
      const ms = again ? Math.min(before.ms * 2, ban.longestMs) : ban.firstMs
      bans.set(agentId, { until: now + ms, ms })
      return ms
    },
    bannedFor(agentId) {
      const left = (bans.get(agentId)?.until ?? 0) - clock.monotonic()
      return left > 0 ? Math.ceil(left) : undefined
    },
  }
}
