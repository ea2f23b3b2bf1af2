// Since when agents have been away. Only this router knows: the record keeps the lease.
import type { OnlineAgent } from '../fleet/fleet.ts'
import { perProject } from '../per-project.ts'

type Agent = Pick<OnlineAgent, 'projectId' | 'id'>

export interface Absences {
  /** When its last session ended here (monotonic); the router's start when it had none. */
  since(projectId: string, agentId: string): number
  began(agent: Agent, at: number): void
  ended(agent: Agent): void
}

export function createAbsences(startedAt: number): Absences {
  const projects = perProject(() => new Map<string, number>())
  return {
    since: (projectId, agentId) => projects.of(projectId).get(agentId) ?? startedAt,
    began: ({ projectId, id }, at) => void projects.of(projectId).set(id, at),
    ended: ({ projectId, id }) => void projects.of(projectId).delete(id),
  }
}
