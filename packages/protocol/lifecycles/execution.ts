import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

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
    pending_approval: ['queued', 'dispatched', 'rejected', 'expired', 'cancelled'],
    // queued -> failed: what was approved no longer matches what any agent would run (law L3).
    queued: ['dispatched', 'expired', 'cancelled', 'failed'],
    // dispatched -> queued: the agent provably never started it, or it may safely run again (law L2).
    dispatched: ['running', 'queued', 'completed', 'failed', 'timeout', 'cancelled', 'ambiguous'],
    running: ['queued', 'completed', 'failed', 'timeout', 'cancelled', 'ambiguous'],
    completed: [],
    failed: [],
    timeout: [],
    cancelled: [],
    rejected: [],
    expired: [],
    // Not an end: a late answer of the same attempt settles it, or a person does (`xeroctl exec resolve`).
    ambiguous: ['completed', 'failed', 'timeout', 'cancelled'],
  },
})

/** Final for a waiting caller: nothing more happens without a person. `ambiguous` counts. */
export const settledExecutionStates: readonly ExecutionState[] = [
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'rejected',
  'expired',
  'ambiguous',
]

export function isSettled(state: ExecutionState): boolean {
  return settledExecutionStates.includes(state)
}
