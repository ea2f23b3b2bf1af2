// The agents' end of the wire: one live session with the router, kept by one loop.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import type { CheckpointFrame } from '@xerotier/protocol/frames/audit/checkpoint.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { GrantKeysFrame } from '@xerotier/protocol/frames/rotation/grant-keys.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import type { Chance } from '@xerotier/runtime/chance.ts'
import { type Connection, type ConnectionEnd, type Dialling, openConnection, type Welcome } from './connection.ts'
import { sameKeys, type Way } from './credentials/way.ts'
import { createRedials } from './redials.ts'
import type { ReportsOfLink } from './reports.ts'
import { createRotation } from './rotation.ts'
import { createSuccession } from './succession.ts'

/** What the owner of a link does with what arrives. All synchronous: none may throw. */
export interface LinkHandlers {
  /**
   * The calls of one message, in order; verify them, record the at-most-once ones in one
   * transaction, start them.
   */
  dispatch(calls: DispatchFrame[]): void
  /** Kill the call if it runs. Its result follows as usual. */
  cancel(call: CallRef): void
  /** The router no longer wants this call: stop it and forget it, no result is sent. */
  forget(call: CallRef): void
  /**
   * The workspaces served from now on. The owner changes its manifest and calls `manifestChanged`.
   */
  bindings(bindings: Binding[]): void
  paused(paused: { workspace_id: string | null }[]): void
  /**
   * The router does not accept these credentials any more; only a new enrollment helps. The link
   * has stopped.
   */
  credentialsRevoked(reason: string): void
  /** The acknowledged position of a call's output moved: the window opens. */
  outputAcknowledged(call: CallRef, seq: number): void
  /** A checkpoint of the audit log. Who answers later answers the session that it came with. */
  checkpoint(frame: CheckpointFrame, answer: (frame: AgentFrame) => void): void
  /** Which keys sign grants from now on. */
  grantKeys(frame: GrantKeysFrame): void
  /** Another signing key has taken the place of the one before. */
  signsAnew(): void
  /** How far this host's clock is ahead of the router's, ms. */
  clock(offsetMs: number): void
  /** Nobody has answered where the agent dials, several times: the router may listen elsewhere. */
  unreached(): void
  online(): void
  offline(reason: string): void
}

export interface LinkOptions extends Dialling {
  /** Spreads redials, so that a fleet does not come back in step. */
  chance: Chance
  reports: ReportsOfLink
  /** Calls whose process lives now. Settled ones come from the outbox. */
  running(): CallRef[]
  /** Why this host lets the agent do nothing; undefined when it does. */
  unfit(): string | undefined
  handlers: LinkHandlers
}

export interface Link {
  readonly state: 'connecting' | 'handshaking' | 'online' | 'closed'
  start(): void
  /** Publish the manifest now rather than at the next renewal. */
  manifestChanged(): void
  /** Tell the router that nothing new is wanted. */
  drain(): void
  /**
   * Says goodbye once everything in the outbox is acknowledged or `deadlineMs` is over, then
   * closes.
   */
  close(reason: string, deadlineMs: number): Promise<void>
}

export function createLink(options: LinkOptions): Link {
  const { clock, log, outbox, reports, handlers } = options
  const unacknowledged = outbox.output
  let state: Link['state'] = 'connecting'
  let connection: Connection | undefined
  let draining = false
  let whenQuiet: (() => void) | undefined

  function inFlight(): InFlight[] {
    const running = options.running().map((call) => ({ ...refOf(call), status: 'running' as const }))
    const settled = outbox.pending().map((call) => ({ ...refOf(call), status: 'settled' as const }))
    return [...running, ...settled]
  }

  function open(way: Way, onHandshake: () => void): Connection {
    const opened = openConnection({
      ...options,
      way,
      inFlight,
      draining: () => draining,
      onHandshake,
      onOnline: (welcome) => begun(opened, way, welcome),
      onClock: handlers.clock,
      onFrame: (frames) => receive(opened, frames),
      onEnd: (end) => (opened === connection ? ended(end) : succession.ended(end)),
    })
    return opened
  }

  function dial(): void {
    if (state === 'closed') return
    state = 'connecting'
    connection = open(redials.way(), () => {
      state = 'handshaking'
    })
    reports.sendTo(connection)
  }

  /** A session begins, on the one connection or on one that takes the place of another. */
  function begun(opened: Connection, way: Way, welcome: Welcome): void {
    if (opened !== connection) {
      connection?.abandon()
      connection = opened
      reports.sendTo(opened)
      succession.done()
    }
    state = 'online'
    redials.online()
    const { next } = options.credentials
    if (next !== undefined && sameKeys(way, next)) rotation.completed()
    handlers.bindings(welcome.bindings)
    handlers.paused(welcome.paused)
    for (const call of welcome.forget) forget(call)
    reports.sendAgain(opened)
    // A proof cannot say so.
    if (draining) opened.renew()
    handlers.online()
  }

  const redials = createRedials({ ...options, dial, unreached: handlers.unreached })
  const succession = createSuccession({
    clock,
    log,
    open() {
      const { next } = options.credentials
      return next && open(next, () => succession.proves())
    },
    proving: () => connection?.giveWay(),
    dispatch: handlers.dispatch,
    lost(end) {
      connection?.abandon()
      ended(end)
    },
  })
  const rotation = createRotation({
    log,
    credentials: options.credentials,
    send: (frame) => connection?.send(frame),
    // Another connection is under way already, and takes the new pair.
    accepted: () => (state === 'online' ? succession.begin() : undefined),
    ended: () => (succession.decides ? undefined : succession.stop()),
    signsAnew: () => handlers.signsAnew(),
  })

  function ended(end: ConnectionEnd): void {
    const wasOnline = state === 'online'
    connection = undefined
    reports.sendTo(undefined)
    if (state === 'closed') return
    state = 'connecting'
    // The router ends one session as it begins the other.
    if (succession.decides && end.kind !== 'revoked') return
    succession.stop()
    if (wasOnline) handlers.offline(end.reason)
    if (!redials.plan(end, wasOnline)) revoked(end.reason)
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

  function receive(from: Connection, frames: RouterFrame[]): void {
    // One that is about to take the place of another has nothing to say before its welcome.
    if (from !== connection) return
    let calls: DispatchFrame[] = []
    const start = () => {
      if (calls.length > 0 && !succession.keepsBack(calls)) handlers.dispatch(calls)
      calls = []
    }
    for (const frame of frames) {
      // Frames of a message count in their order: what follows a dispatch may be about it. An
      // acknowledgement never is.
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
        case 'checkpoint': {
          const session = connection
          handlers.checkpoint(frame, (answer) => session?.send(answer))
          break
        }
        case 'lease':
          for (const call of frame.forget) forget(call)
          break
        case 'grant_keys':
          handlers.grantKeys(frame)
          break
        case 'curve_rotate':
        case 'signing_rotate':
        case 'rotation_accepted':
        case 'rotation_ended':
          rotation.heard(frame)
          break
        default:
          log.warning({ frame: frame.t }, 'the router sent a frame that does not belong here')
      }
    }
    start()
  }

  return {
    get state() {
      return state
    },
    start: dial,
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
      redials.cancel()
      succession.stop()
      // The router hears of the end whatever the disk says: silence would keep its calls waiting
      // for this agent.
      reports.close()
      await connection?.close(reason)
      connection = undefined
      reports.sendTo(undefined)
    },
  }
}

function refOf({ execution_id, attempt, lease_epoch }: CallRef): CallRef {
  return { execution_id, attempt, lease_epoch }
}
