import { z } from 'zod'
import { defineLifecycle, isFinal, sourcesOf } from './lifecycle.ts'

export const executionStates = [
  'pending_approval',
  'queued',
  'dispatched',
  'running',
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'rejected',
  'expired',
  'ambiguous',
] as const
export const executionStateSchema = z.enum(executionStates)
export type ExecutionState = z.infer<typeof executionStateSchema>

export const executionLifecycle = defineLifecycle<ExecutionState>({
  name: 'execution',
  initial: ['pending_approval', 'queued', 'dispatched'],
  moves: {
    // pending_approval, queued -> ambiguous: the database was restored from a backup, and
    // nobody knows whether the call ran since.
    pending_approval: ['queued', 'dispatched', 'rejected', 'expired', 'cancelled', 'ambiguous'],
    // queued -> cancelled also when what was submitted
    // is no longer what any agent would run (law L3).
    // queued -> pending_approval: it was approved, and
    // another policy asks for it again.
    queued: ['dispatched', 'pending_approval', 'expired', 'cancelled', 'ambiguous'],
    // dispatched -> queued: the agent provably never
    // started it, or it may safely run again (law L2).
    dispatched: ['running', 'queued', 'completed', 'failed', 'timeout', 'cancelled', 'ambiguous'],
    running: ['queued', 'completed', 'failed', 'timeout', 'cancelled', 'ambiguous'],
    completed: [],
    failed: [],
    timeout: [],
    cancelled: [],
    rejected: [],
    expired: [],
    // Not an end: a late answer of the same attempt settles
    // it, or a person does (`xeroctl exec resolve`).
    ambiguous: ['completed', 'failed', 'timeout', 'cancelled'],
  },
})

/** Final for a waiting caller: nothing more happens without a person. `ambiguous` counts. */
export const settledExecutionStates: readonly ExecutionState[] = executionStates.filter(
  (state) => isFinal(executionLifecycle, state) || state === 'ambiguous',
)

export function isSettled(state: ExecutionState): boolean {
  return settledExecutionStates.includes(state)
}

/** Not given to an agent yet: it can be dispatched, or cancelled at once. */
export const waitingExecutionStates: readonly ExecutionState[] = sourcesOf(executionLifecycle, 'dispatched')

/** At an agent. */
export const inFlightExecutionStates: readonly ExecutionState[] = sourcesOf(executionLifecycle, 'timeout').filter(
  (state) => state !== 'ambiguous',
)

export function isInFlight(state: ExecutionState): boolean {
  return inFlightExecutionStates.includes(state)
}

/** An agent's answer still counts. */
export const answerableExecutionStates: readonly ExecutionState[] = sourcesOf(executionLifecycle, 'completed')

export function isAnswerable(state: ExecutionState): boolean {
  return answerableExecutionStates.includes(state)
}
