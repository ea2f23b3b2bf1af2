// The calls that agents have from this router now, and the requesters who wait for an end.
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { SlotMap } from '@xerotier/runtime/slot-map.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { perProject } from '../per-project.ts'

export interface LiveCall {
  row: ExecutionRow
  agent: OnlineAgent
  /** When its dispatch frame went out: ms of the monotonic clock. */
  sentAt: number
  /** The same by the wall clock, for the record. Unknown where another router sent it. */
  sentOn?: Date
  /** Its agent has said that it runs. Its record says so a little later. */
  started?: boolean
  /** Its result came: what it writes after that is not kept. */
  over?: boolean
  /** Renewals in a row that did not mention it. */
  missed: number
  /** Output let in so far. A short piece counts as `limits.outputPieceLeastBytes`. */
  outputBytes: number
  /** Of that, what is kept with its record, in true bytes. */
  inlineBytes?: number
  /** Its pieces below this were stored in an earlier session. */
  storedBelow?: number
  /** Some of its output was dropped. So is all that follows, and its record says so. */
  outputCut?: boolean
  /** The same of what is kept with its record. Artifacts go on. */
  inlineCut?: boolean
  /** Ids of its artifacts by name, once they are stored. */
  artifacts?: Map<string, Promise<string>>
}

/** Whether a frame is about this very attempt, under the lease epoch of its dispatch. */
export function isAbout(
  { row }: LiveCall,
  { attempt, lease_epoch }: Pick<CallRef, 'attempt' | 'lease_epoch'>,
): boolean {
  return row.attempt === attempt && row.lease_epoch === lease_epoch
}

export function refOf({ id, attempt, lease_epoch }: Pick<ExecutionRow, 'id' | 'attempt' | 'lease_epoch'>): CallRef {
  return { execution_id: id, attempt, lease_epoch }
}

/** The attempt that a frame of the agent is about, if it has its place at this very session. */
export function liveCall(
  { calls }: { calls: Pick<Calls, 'get'> },
  agent: OnlineAgent,
  ref: CallRef,
): LiveCall | undefined {
  const call = calls.get(agent.projectId, ref.execution_id)
  return call?.agent === agent && isAbout(call, ref) ? call : undefined
}

export interface Waiter {
  /** Resolves with the settled row, or undefined when time is up. */
  settled: Promise<ExecutionRow | undefined>
  stop(): void
}

export interface Calls {
  /** Takes the place of an earlier attempt, never of a later one. */
  add(call: LiveCall): void
  get(projectId: string, executionId: string): LiveCall | undefined
  /** Forgets a call and frees its place at the agent. Another attempt of it stays. */
  remove(row: Pick<ExecutionRow, 'project_id' | 'id' | 'attempt'>): void
  ids(): string[]
  readonly size: number
  /** To be called before the frame can leave. */
  waitFor(row: Pick<ExecutionRow, 'project_id' | 'id'>, ms: number): Waiter
  /** A call has ended: who waits for it hears of it. */
  settled(row: ExecutionRow): void
  /** Ends every wait without an answer. */
  close(): void
}

export interface CallsListener {
  /** An execution has ended, and that is committed. */
  ended(row: ExecutionRow): void
  /** A place at an agent is free again. */
  freed(agent: OnlineAgent): void
}

export function createCalls(clock: Clock, { ended, freed }: CallsListener): Calls {
  const projects = perProject(() => ({
    live: new SlotMap<LiveCall>(),
    waiting: new SlotMap<((row: ExecutionRow | undefined) => void)[]>(),
  }))
  const leave = ({ agent, row }: LiveCall) => {
    agent.inFlight.delete(row.id)
    freed(agent)
  }
  return {
    add(call) {
      const { live } = projects.of(call.row.project_id)
      const before = live.get(call.row.id)
      if (before !== undefined && before.row.attempt > call.row.attempt) return
      if (before !== undefined) leave(before)
      live.set(call.row.id, call)
      call.agent.inFlight.add(call.row.id)
    },
    get: (projectId, executionId) => projects.of(projectId).live.get(executionId),
    remove({ project_id, id, attempt }) {
      const { live } = projects.of(project_id)
      const call = live.get(id)
      if (call?.row.attempt !== attempt) return
      live.delete(id)
      leave(call)
    },
    ids: () => [...projects.all()].flatMap(([, { live }]) => [...live.keys()]),
    get size() {
      let size = 0
      for (const [, { live }] of projects.all()) size += live.size
      return size
    },
    waitFor({ project_id, id }, ms) {
      const { waiting } = projects.of(project_id)
      const { promise, resolve } = Promise.withResolvers<ExecutionRow | undefined>()
      const finish = (row: ExecutionRow | undefined) => {
        timer.cancel()
        const others = (waiting.get(id) ?? []).filter((other) => other !== finish)
        if (others.length === 0) waiting.delete(id)
        else waiting.set(id, others)
        resolve(row)
      }
      const timer = clock.after(ms, () => finish(undefined))
      waiting.set(id, [...(waiting.get(id) ?? []), finish])
      return { settled: promise, stop: () => finish(undefined) }
    },
    settled(row) {
      ended(row)
      for (const finish of projects.of(row.project_id).waiting.get(row.id) ?? []) finish(row)
    },
    close() {
      for (const [, { waiting }] of projects.all())
        for (const finishers of waiting.values()) for (const finish of finishers) finish(undefined)
    },
  }
}
