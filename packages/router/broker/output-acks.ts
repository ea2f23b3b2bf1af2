// Acknowledges output cumulatively: pieces may become durable out of order, the agent wants
// "everything up to here".
import type { LiveCall } from '../domain/attempts/calls.ts'

/** A piece that came and is not yet stored. */
export interface Arrival {
  readonly seq: number
  /** It came after a piece with the same or a higher number. */
  readonly late: boolean
  stored: boolean
}

interface Track {
  /** Pieces in rising order, those before `head` stored. */
  inOrder: Arrival[]
  head: number
  highest: number
  /**
   * Late ones not yet stored. Which they are is not kept: until they are stored nothing is
   * acknowledged.
   */
  late: number
}

export interface OutputAcks {
  received(call: LiveCall, seq: number): Arrival
  /**
   * @returns the highest seq up to which everything received is stored, or undefined when an
   * earlier piece is missing
   */
  stored(call: LiveCall, arrival: Arrival): number | undefined
}

/** Stored pieces at the front that are kept until they are cut off together. */
const cutAt = 1024

export function createOutputAcks(): OutputAcks {
  // Lives as long as the call does, whoever ends it.
  const tracks = new WeakMap<LiveCall, Track>()
  return {
    received(call, seq) {
      let track = tracks.get(call)
      if (track === undefined) {
        track = { inOrder: [], head: 0, highest: -1, late: 0 }
        tracks.set(call, track)
      }
      const arrival = { seq, late: seq <= track.highest, stored: false }
      if (arrival.late) track.late += 1
      else {
        track.inOrder.push(arrival)
        track.highest = seq
      }
      return arrival
    },
    stored(call, arrival) {
      const track = tracks.get(call)
      if (track === undefined) return undefined
      arrival.stored = true
      if (arrival.late) track.late -= 1
      const { inOrder } = track
      while (inOrder[track.head]?.stored) track.head += 1
      if (track.head === inOrder.length || track.head >= cutAt) {
        inOrder.splice(0, track.head)
        track.head = 0
      }
      const first = inOrder[track.head]
      const up = first === undefined ? track.highest : first.seq - 1
      return track.late === 0 && up >= 0 ? up : undefined
    },
  }
}
