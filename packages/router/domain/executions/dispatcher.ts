import type { OnlineAgent } from '../agents/fleet.ts'

/** Gives queued calls to agents, and remembers who waits for an answer. */
export interface Dispatcher {
  /** Something may have become possible: an agent joined, resumed, was bound or finished a call; a call was queued. */
  wake(projectId: string): void
  /** Resolves once the execution is settled or `ms` are over. Register it before the submit. */
  waitFor(executionId: string, ms: number): { settled: Promise<boolean>; stop(): void }
  /** An agent's session ended: take care of what it had in flight. */
  lost(agent: OnlineAgent): void
  close(): Promise<void>
}
