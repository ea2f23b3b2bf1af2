// Moments of calls, kept in memory and written to a file when the process ends.
import { writeFileSync } from 'node:fs'

/**
 * Milliseconds on CLOCK_MONOTONIC, which all processes of a
 * machine share; performance.now() starts with each process.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Moments by step: `[execution id, ms]`; messages without an id. */
export type Marks = Record<string, [id: string, at: number][]>

export interface Marker {
  mark(step: string, id: string, at?: number): void
}

export function markInto(file: string): Marker {
  const marks: Marks = {}
  process.on('exit', () => writeFileSync(file, JSON.stringify(marks)))
  return {
    mark(step, id, at = monotonicMs()) {
      marks[step] ??= []
      marks[step].push([id, at])
    },
  }
}
