// Where the body that all agents share ends, and the work of one kind of agent begins.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Registry } from '@xerotier/runtime/metrics.ts'
import type { Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { Outbox } from '../outbox.ts'
import type { Reports } from '../reports.ts'
import type { GrantKeys } from './grant-keys.ts'
import type { Offer } from './manifest.ts'
import type { RouterClock } from './router-clock.ts'

/** A kind of agent: what it is to the router, and how its work begins. */
export interface AgentKind {
  readonly role: AgentRole
  /**
   * Comes first, for enrollment may wait long for the router: ends what an earlier process left
   * running, and makes what a first start has to make.
   */
  prepare(earlier: Earlier): void | Promise<void>
  /** Loads what it works with. Frames come when it is done. @throws what ends the start */
  begin(surroundings: Surroundings): Promise<Work>
}

export interface Earlier {
  /** Names the journal, which one process at a time can hold. */
  journalId: string
  /** No process of this agent was enrolled yet. */
  firstStart: boolean
}

/** What the body has for the work. */
export interface Surroundings {
  clock: Clock
  log: Log
  /** The router's time: what it dates is held against this. */
  routerClock: RouterClock
  enrollment: Enrollment
  /** Verify grants: the key that was pinned at enrollment, and those that it vouched for. */
  grantKeys: Pick<GrantKeys, 'find'>
  /** The work settles what an earlier process began and did not end. */
  outbox: Outbox
  /** Where it says what becomes of its calls. */
  reports: Reports
  registry: Registry
  tracing: Tracing
  /** Aborts when the agent stops: what is still being loaded is given up. */
  aborted: AbortSignal
}

/** The work itself. Only `reload` and `close` may throw. */
export interface Work {
  /** Most calls that it takes at a time. */
  readonly maxConcurrent: number
  /** What it can do now, for the manifest. Asked after the beginning and after each reload. */
  offer(): Offer
  /** Why its host lets it do nothing; undefined when it does. Said with each renewal. */
  unfit(): string | undefined
  /**
   * The calls of one message, in order: verify them, record the at-most-once ones in one
   * transaction, start them.
   */
  dispatch(calls: readonly DispatchFrame[]): void
  /** Ends the call if it runs. Its result follows as usual. */
  cancel(call: CallRef): void
  /** The router no longer wants this call: it ends, and no result is sent. */
  forget(call: CallRef): void
  /** The workspaces that it serves from now on. */
  bind(bindings: readonly Binding[]): void
  /** What is paused from now on: ids of workspaces, and null for all. */
  pause(paused: readonly { workspace_id: string | null }[]): void
  /** The window of the call's output opened. */
  outputAcknowledged(call: CallRef): void
  /** What runs now. */
  running(): CallRef[]
  /** Takes nothing new from now on. */
  drain(): void
  /** Resolves when nothing runs. */
  idle(): Promise<void>
  /** Ends what still runs. */
  interrupt(): void
  /**
   * Reads again what it works with.
   * @returns whether all of it was good.
   * @throws when everything stays as it was
   */
  reload(): Promise<boolean>
  /** Nothing runs any more, and the link is closed. */
  close(): Promise<void>
}
