// Output that the router has not acknowledged: sent again after a reconnect, counted so that a call
// can be slowed down.
import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'

export type Piece = OutputFrame | ArtifactFrame

export interface OutputWindow {
  add(piece: Piece): void
  /** Everything of this attempt up to `seq` is stored. */
  acknowledge(executionId: string, attempt: number, seq: number): void
  drop(executionId: string): void
  bytes(executionId: string): number
  /** Of one attempt. */
  of(executionId: string, attempt: number): Piece[]
  all(): Piece[]
}

export function createOutputWindow(): OutputWindow {
  const calls = new Map<string, { pieces: Piece[]; bytes: number }>()
  return {
    add(piece) {
      const call = calls.get(piece.execution_id) ?? { pieces: [], bytes: 0 }
      calls.set(piece.execution_id, call)
      call.pieces.push(piece)
      call.bytes += piece.data.length
    },
    acknowledge(executionId, attempt, seq) {
      const call = calls.get(executionId)
      if (call === undefined) return
      call.pieces = call.pieces.filter((piece) => piece.attempt !== attempt || piece.seq > seq)
      call.bytes = call.pieces.reduce((sum, piece) => sum + piece.data.length, 0)
      if (call.pieces.length === 0) calls.delete(executionId)
    },
    drop: (executionId) => void calls.delete(executionId),
    bytes: (executionId) => calls.get(executionId)?.bytes ?? 0,
    of: (executionId, attempt) => (calls.get(executionId)?.pieces ?? []).filter((piece) => piece.attempt === attempt),
    all: () => [...calls.values()].flatMap((call) => call.pieces),
  }
}
