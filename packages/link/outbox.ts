// The agent's durable memory: which at-most-once calls were started, and which results the router has not acknowledged.
import type { CallRef } from '@xerotier/protocol/frames/call.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'

export interface Outbox {
  /** Random 32 hex digits made with the file: another file is another journal. */
  readonly journalId: string
  /** Records calls that are about to start, in one synced transaction. A call that is already known is returned, and must not start. */
  begin(calls: CallRef[]): CallRef[]
  /** Whether this attempt is known: begun, or settled and not yet acknowledged. */
  has(call: CallRef): boolean
  /** Keeps a result until it is acknowledged. `durable`: synced to disk before this returns. */
  settle(result: ResultFrame, options: { durable: boolean }): void
  /** The router has it: forget call and result. */
  acknowledge(call: CallRef): void
  /** Results not yet acknowledged, oldest first. */
  pending(): ResultFrame[]
  /** Calls begun by an earlier process and never settled. The owner settles each as `interrupted` at start. */
  interrupted(): CallRef[]
  /** Writes undurable results to disk too: before the process ends. */
  flush(): void
  close(): void
}
