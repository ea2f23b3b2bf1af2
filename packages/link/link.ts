// The agents' end of the wire: one live session with the router, kept by one loop.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AcceptedFrame } from '@xerotier/protocol/frames/call/accepted.ts'
import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import type { RefusedFrame } from '@xerotier/protocol/frames/call/refused.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import type { Binding, Manifest } from '@xerotier/protocol/manifest.ts'
import type { Chance } from '@xerotier/runtime/chance.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type Connection, type ConnectionEnd, openConnection } from './connection.ts'
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
  /** Spreads redials, so that a fleet does not come back in step. */
  chance: Chance
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

/** First and longest pause before dialling again, ms. */
const backoffMs = { first: 100, longest: 5_000, refused: 30_000 }
/** Handshakes in a row that the router's gatekeeper may refuse before the credentials count as revoked. */
const refusalsAllowed = 3
const notOnDisk = 'the journal cannot be written; results are not on disk'

export function createLink(options: LinkOptions): Link {
  const { clock, log, outbox, handlers } = options
  const unacknowledged = outbox.output
  let state: Link['state'] = 'connecting'
  let connection: Connection | undefined
  let draining = false
  let refusals = 0
  let pause = backoffMs.first
  let redial: Timer | undefined
  /** Durable results that have been sent, or wait for a connection, and are not on disk yet. */
  let unsaved: ResultFrame[] = []
  let saving = false
  let whenQuiet: (() => void) | undefined

  function inFlight(): InFlight[] {
    const running = options.running().map((call) => ({ ...refOf(call), status: 'running' as const }))
    const settled = outbox.pending().map((call) => ({ ...refOf(call), status: 'settled' as const }))
    return [...running, ...settled]
  }

  function dial(): void {
    if (state === 'closed') return
    state = 'connecting'
    connection = openConnection({
      ...options,
      inFlight,
      draining: () => draining,
      onHandshake: () => {
        state = 'handshaking'
      },
      onOnline(welcome) {
        state = 'online'
        refusals = 0
        pause = backoffMs.first
        handlers.bindings(welcome.bindings)
        handlers.paused(welcome.paused)
        for (const call of welcome.forget) forget(call)
        for (const frame of unacknowledged.all()) connection?.send(frame)
        for (const result of outbox.pending()) connection?.send(result)
        handlers.online()
      },
      onFrame: receive,
      onEnd: ended,
    })
  }

  function ended(end: ConnectionEnd): void {
    const wasOnline = state === 'online'
    connection = undefined
    if (state === 'closed') return
    state = 'connecting'
    if (wasOnline) handlers.offline(end.reason)
    refusals = end.kind === 'not_admitted' ? refusals + 1 : 0
    if (end.kind === 'revoked' || refusals >= refusalsAllowed) return revoked(end.reason)
    if (end.kind === 'refused') pause = backoffMs.refused
    log.info({ reason: end.reason, retry_in_ms: pause }, 'the connection to the router ended')
    redial = clock.after(pause * (0.5 + options.chance() / 2), dial)
    pause = Math.min(pause * 2, end.kind === 'refused' ? backoffMs.refused : backoffMs.longest)
  }

  function revoked(reason: string): void {
    state = 'closed'
    log.error({ reason }, 'the router does not accept the credentials of this agent')
    handlers.credentialsRevoked(reason)
  }

  function forget(call: CallRef): void {
    unacknowledged.drop(call.execution_id)
    outbox.acknowledge(call)
    handlers.forget(call)
  }

  function receive(frames: RouterFrame[]): void {
    let calls: DispatchFrame[] = []
    const start = () => {
      if (calls.length > 0) handlers.dispatch(calls)
      calls = []
    }
    for (const frame of frames) {
      // Frames of a message count in their order: what follows a dispatch may be about it. An acknowledgement never is.
      if (frame.t !== 'dispatch' && frame.t !== 'result_ack' && frame.t !== 'output_ack') start()
      switch (frame.t) {
        case 'dispatch':
          calls.push(frame)
          break
        case 'cancel':
          handlers.cancel(refOf(frame))
          break
        case 'output_ack':
          unacknowledged.acknowledge(frame.execution_id, frame.attempt, frame.seq)
          handlers.outputAcknowledged(refOf(frame), frame.seq)
          break
        case 'result_ack':
          unacknowledged.drop(frame.execution_id)
          outbox.acknowledge(frame)
          if (whenQuiet !== undefined && outbox.pending().length === 0) whenQuiet()
          break
        case 'bindings':
          handlers.bindings(frame.bindings)
          break
        case 'pause':
          handlers.paused(frame.paused)
          break
        case 'lease':
          for (const call of frame.forget) forget(call)
          break
        default:
          log.warning({ frame: frame.t }, 'the router sent a frame that does not belong here')
      }
    }
    start()
  }

  /** After the messages of this turn have left: the sync then runs beside the router's work instead of before it. */
  function saveSoon(result: ResultFrame): void {
    unsaved.push(result)
    if (saving) return
    saving = true
    setImmediate(() => {
      saving = false
      const results = unsaved
      unsaved = []
      if (state === 'closed') return
      try {
        outbox.persist(results)
      } catch (error) {
        // It is in memory and on its way; after a crash now it would be reported as interrupted, which is true then.
        log.critical({ error }, notOnDisk)
      }
    })
  }

  return {
    get state() {
      return state
    },
    start: dial,
    accepted: (frame) => connection?.send(frame),
    output(frame) {
      unacknowledged.add(frame)
      connection?.send(frame)
    },
    unacknowledgedBytes: (executionId) => unacknowledged.bytes(executionId),
    result(frame, { durable }) {
      outbox.settle(frame, { durable: false })
      connection?.send(frame)
      if (durable) saveSoon(frame)
    },
    refused: (frame) => connection?.send(frame),
    manifestChanged: () => connection?.renew(),
    drain() {
      draining = true
      connection?.renew()
    },
    async close(reason, deadlineMs) {
      if (state === 'closed') return
      if (state === 'online' && outbox.pending().length > 0) {
        await new Promise<void>((resolve) => {
          const timer = clock.after(deadlineMs, resolve)
          whenQuiet = () => {
            timer.cancel()
            resolve()
          }
        })
      }
      state = 'closed'
      redial?.cancel()
      try {
        outbox.flush()
      } catch (error) {
        // The router must hear of the end all the same: silence would keep its calls waiting for this agent.
        log.critical({ error }, notOnDisk)
      }
      await connection?.close(reason)
      connection = undefined
    },
  }
}

function refOf({ execution_id, attempt, lease_epoch }: CallRef): CallRef {
  return { execution_id, attempt, lease_epoch }
}
