import { type ExecutionState, executionStateSchema } from '@xerotier/protocol/lifecycles/execution.ts'

/** The state that an event of this kind brought a call to; undefined for what is no move. */
export function stateOf(kind: string): ExecutionState | undefined {
  return executionStateSchema.safeParse(kind.slice('execution.'.length)).data
}
