// Since when agents have been away. Only this router knows: the record keeps the lease.

export interface Absences {
  /** When the last session of the agent ended here, ms. The router's start when it had none. */
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
