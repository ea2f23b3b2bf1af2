// Acknowledges output cumulatively: pieces may become durable out of order, the agent wants "everything up to here".
import type { CallRef } from '@xerotier/protocol/frames/call.ts'

interface Track {
  pending: Set<number>
  highest: number
}

export interface OutputAcks {
  received(call: CallRef, seq: number): void
  /** @returns the highest seq up to which everything received is stored, or undefined when an earlier piece is missing */
  stored(call: CallRef, seq: number): number | undefined
  forget(call: CallRef): void
}

export function createOutputAcks(): OutputAcks {
  const tracks = new Map<string, Track>()
  const keyOf = (call: CallRef) => `${call.execution_id} ${call.attempt}`
  return {
    received(call, seq) {
      const track = tracks.get(keyOf(call)) ?? { pending: new Set(), highest: -1 }
      tracks.set(keyOf(call), track)
      track.pending.add(seq)
      track.highest = Math.max(track.highest, seq)
    },
    stored(call, seq) {
      const track = tracks.get(keyOf(call))
      if (track === undefined) return seq
      track.pending.delete(seq)
      let up = track.highest
      for (const pending of track.pending) up = Math.min(up, pending - 1)
      return up >= 0 ? up : undefined
    },
    forget: (call) => void tracks.delete(keyOf(call)),
  }
}
