// Since when agents have been away. Only this router knows: the record keeps the lease.
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { perProject } from '../per-project.ts'

type Agent = Pick<OnlineAgent, 'projectId' | 'id' | 'saidGoodbye'>

export interface Absences {
  /** When this router began (monotonic). */
  readonly startedAt: number
  /** When its last session ended here (monotonic); the router's start when it had none. */
  since(projectId: string, agentId: string): number
  began(agent: Agent, at: number): void
  /** Whether it went without a goodbye. False while it is here, and after a router's start. */
  isLost(projectId: string, agentId: string): boolean
  ended(agent: Agent): void
}

export function createAbsences(startedAt: number): Absences {
  const projects = perProject(() => new Map<string, { at: number; lost: boolean }>())
  return {
    startedAt,
    since: (projectId, agentId) => projects.of(projectId).get(agentId)?.at ?? startedAt,
    began: ({ projectId, id, saidGoodbye }, at) =>
      void projects.of(projectId).set(id, { at, lost: saidGoodbye !== true }),
    isLost: (projectId, agentId) => projects.of(projectId).get(agentId)?.lost ?? false,
    ended: ({ projectId, id }) => void projects.of(projectId).delete(id),
  }
}
