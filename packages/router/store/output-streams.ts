import { keysOf } from '@xerotier/protocol/table.ts'

/** File descriptors, as the rows have them. */
export const streamNumbers = { stdout: 1, stderr: 2 } as const
export type StreamName = keyof typeof streamNumbers
export const streamNames = keysOf(streamNumbers)

export function streamName(number: number): StreamName {
  return number === streamNumbers.stderr ? 'stderr' : 'stdout'
}
