// Since when agents have been away. Nobody but this router knows: the record keeps the lease only.

export interface Absences {
  /** Since when this agent has had no session here, ms; the router's start when it never had one. */
  since(agentId: string): number
  began(agentId: string, at: number): void
  ended(agentId: string): void
}

export function createAbsences(startedAt: number): Absences {
  const absent = new Map<string, number>()
  return {
    since: (agentId) => absent.get(agentId) ?? startedAt,
    began: (agentId, at) => void absent.set(agentId, at),
    ended: (agentId) => void absent.delete(agentId),
  }
}
