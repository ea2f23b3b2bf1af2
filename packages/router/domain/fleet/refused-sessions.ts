// Agents that are enrolled and get no session, and why: whoever looks for one that is offline finds
// it there.

export interface RefusedSessions {
  /** @returns whether that is news */
  note(agentId: string, why: string): boolean
  /** Undefined while it has a session, or has not asked for one. */
  why(agentId: string): string | undefined
  forget(agentId: string): void
}

/** Agents remembered; beyond it the first ones go. They dial again, and are noted again. */
const remembered = 10_000

export function createRefusedSessions(): RefusedSessions {
  const known = new Map<string, string>()
  return {
    note(agentId, why) {
      if (known.get(agentId) === why) return false
      const oldest = known.size < remembered ? undefined : known.keys().next().value
      if (oldest !== undefined) known.delete(oldest)
      known.set(agentId, why)
      return true
    },
    why: (agentId) => known.get(agentId),
    forget: (agentId) => void known.delete(agentId),
  }
}
