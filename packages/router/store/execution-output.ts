import type { Database } from './database.ts'

/** File descriptors, as the rows have them. */
export const streamNumbers = { stdout: 1, stderr: 2 } as const
export type StreamName = keyof typeof streamNumbers
export const streamNames = Object.keys(streamNumbers) as StreamName[]

export function streamName(number: number): StreamName {
  return number === streamNumbers.stderr ? 'stderr' : 'stdout'
}

/** Pieces of one attempt's output after `afterSeq`, in the order of their making. A piece has 64 KiB at most. */
export function selectOutput(
  db: Database,
  executionId: string,
  attempt: number,
  page: { afterSeq: number; limit: number; stream?: StreamName | undefined },
) {
  let query = db
    .selectFrom('execution_output')
    .select(['seq', 'stream', 'at', 'data'])
    .where('execution_id', '=', executionId)
    .where('attempt', '=', attempt)
    .where('seq', '>', page.afterSeq)
  if (page.stream !== undefined) query = query.where('stream', '=', streamNumbers[page.stream])
  return query.orderBy('seq').limit(page.limit).execute()
}
