// The agents' end of the wire: one live session with the router, kept by one loop.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AcceptedFrame } from '@xerotier/protocol/frames/accepted.ts'
import type { ArtifactFrame } from '@xerotier/protocol/frames/artifact.ts'
import type { CallRef, InFlight } from '@xerotier/protocol/frames/call.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/dispatch.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/output.ts'
import type { RefusedFrame } from '@xerotier/protocol/frames/refused.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'
import type { Binding, Manifest } from '@xerotier/protocol/manifest.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { AgentKeys } from './keys.ts'
import type { Outbox } from './outbox.ts'

/** What the owner of a link does with what arrives. All synchronous: none may throw. */
export interface LinkHandlers {
  /** The calls of one message, in order; verify them, record the at-most-once ones in one transaction, start them. */
  dispatch(calls: DispatchFrame[]): void
  /** Kill the call if it runs. Its result follows as usual. */
  cancel(call: CallRef): void
  /** The router no longer wants this call: stop it and forget it, no result is sent. */
  forget(call: CallRef): void
  /** The workspaces served from now on. The owner changes its manifest and calls `manifestChanged`. */
  bindings(bindings: Binding[]): void
  paused(paused: { workspace_id: string | null }[]): void
  /** The router does not accept these credentials any more; only a new enrollment helps. The link has stopped. */
  credentialsRevoked(reason: string): void
  /** The acknowledged position of a call's output moved: the window opens. */
  outputAcknowledged(call: CallRef, seq: number): void
  online(): void
  offline(reason: string): void
}

export interface LinkOptions {
  clock: Clock
  log: Log
  keys: AgentKeys
  enrollment: Enrollment
  outbox: Outbox
  maxConcurrentExecutions: number
  leaseRenewalIntervalMs: number
  hostname: string
  version: string
  /** The manifest as it is now. */
  manifest(): Manifest
  /** Calls whose process lives now. Settled ones come from the outbox. */
  running(): CallRef[]
  handlers: LinkHandlers
}

export interface Link {
  readonly state: 'connecting' | 'handshaking' | 'online' | 'closed'
  start(): void
  accepted(frame: AcceptedFrame): void
  /** Kept until acknowledged and sent again after a reconnect. */
  output(frame: OutputFrame | ArtifactFrame): void
  /** Bytes of output not yet acknowledged for this call; the owner stops reading its pipes above its window. */
  unacknowledgedBytes(executionId: string): number
  /** The call's end. With `durable` it reaches the disk before it is sent. */
  result(frame: ResultFrame, options: { durable: boolean }): void
  refused(frame: RefusedFrame): void
  /** Publish the manifest now rather than at the next renewal. */
  manifestChanged(): void
  /** Tell the router that nothing new is wanted. */
  drain(): void
  /** Says goodbye once everything in the outbox is acknowledged or `deadlineMs` is over, then closes. */
  close(reason: string, deadlineMs: number): Promise<void>
}

export type CreateLink = (options: LinkOptions) => Link
export type { InFlight }
