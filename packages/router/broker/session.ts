// A connection that proved who it is.
import type { KeyObject } from 'node:crypto'
import type { Turns } from '@xerotier/runtime/turns.ts'
import type { LiveCall } from '../domain/attempts/calls.ts'
import type { OnlineAgent } from '../domain/fleet/online-agent.ts'
import type { OutputAcks } from './output-acks.ts'
import type { Outlet } from './writer.ts'

export interface Session {
  readonly outlet: Outlet
  readonly agent: OnlineAgent
  readonly verifyingKey: KeyObject
  /** Number of the last message accepted; a message with this or a lower number is a replay. */
  received: number
  readonly leaseTtlMs: number
  readonly outputAcks: OutputAcks
  /** For the steps of calls, which are committed in groups. */
  readonly turns: Turns
  /** For pieces of output, behind which no step of another call stands. */
  readonly pieceTurns: Turns
  /** For what opens an artifact, which takes a connection. */
  readonly artifactTurns: Turns
  /** Pieces of a call that wait for their turn: its result stands behind them. */
  readonly waitingPieces: WeakMap<LiveCall, number>
  /** Artifacts of a call that are still being stored: its result waits for them. */
  readonly artifacts: WeakMap<LiveCall, Promise<unknown>>
  /** Frames that came and are not yet dealt with. */
  unhandled: number
  unhandledBytes: number
}
