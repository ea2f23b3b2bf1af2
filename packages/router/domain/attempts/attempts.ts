import type { Kinds } from '../../store/kinds.ts'
import type { CommitLanes } from '../../store/lanes/lanes.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Reach } from '../fleet/stops.ts'
import type { Absences } from './absences.ts'
import type { Calls } from './calls.ts'

/** Calls at agents: from the place that one takes to the answer that one gives. */
export interface Attempts {
  /** Group commit of the hot path. */
  lanes: CommitLanes
  /** Of calls that are dispatched as they come in. */
  kinds: Kinds
  /** Calls at agents now, and who waits for their end. */
  calls: Calls
  dispatcher: Dispatcher
  /** Since when agents have been away. */
  absences: Absences
}

/** Gives calls to agents. */
export interface Dispatcher {
  /**
   * Takes a place for the call at a free agent, and fills in the row's dispatch. A newcomer stands
   * behind those who wait.
   * @returns undefined when it must queue
   */
  reserve(row: ExecutionRow, options: { newcomer: boolean }): OnlineAgent | undefined
  /** Gives the place back, at the agent or in the queue: the call was not stored. */
  release(row: ExecutionRow): void
  /**
   * Lets a call into the queue before it is stored: `entered` or `release` follows.
   * @throws Fault capacity_exceeded when the project's queue is full
   */
  enqueue(row: ExecutionRow): void
  /** An enqueued call has been stored. */
  entered(row: ExecutionRow): void
  /** A stored call is queued. */
  queued(row: ExecutionRow): void
  queueDeadline(): Date
  /** Sends a reserved call whose dispatch is committed. */
  send(row: ExecutionRow): void
  /**
   * Learns what waits in the database: at the start, and every few seconds. Nobody counted a call
   * whose commit lost its answer, and an uncounted call is never given out.
   */
  findWaiting(): Promise<void>
  /** More may be possible: an agent joined, resumed, was bound or came free; a call was queued. */
  wake(projectId: string): void
  /**
   * What a pause held back of these is let go slowly from here on: to be called before its end, or
   * with when that was.
   */
  ease(projectId: string, those: readonly Reach[], endedAt?: Date): void
  /** Whether calls of the kind are being let go slowly. */
  isEased(call: Pick<ExecutionRow, 'project_id' | 'workspace_id' | 'tool'>): boolean
  /** Calls waiting, over all projects. */
  readonly queueDepth: number
  /** Resolves when no pass is under way. */
  close(): Promise<void>
}
