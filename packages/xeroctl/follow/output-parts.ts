// Where the output of a call is: the first of it in the record, which a follower sees; what follows
// in artifacts; the rest nowhere.
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { vocabulary } from '../vocabulary.data.ts'

export type OutputStreamName = 'stdout' | 'stderr'

/** Bytes of both streams together. */
export interface OutputParts {
  inline: number
  beyond: number
  dropped: number
}

export function outputParts(record: ExecutionDetail): OutputParts {
  const written = record.stdout_bytes + record.stderr_bytes
  const beyond = beyondOf(record, 'stdout') + beyondOf(record, 'stderr')
  if (beyond === 0) return { inline: written, beyond, dropped: 0 }
  // Artifacts begin where the record is full. What was written is not known of a call whose agent
  // never reported its end.
  const inline = written > beyond ? Math.min(limits.outputInlineBytes, written - beyond) : limits.outputInlineBytes
  return { inline, beyond, dropped: Math.max(0, written - inline - beyond) }
}

/** Bytes of one stream: what is kept of it, and how much of that is in its artifact. */
export function partsOf(record: ExecutionDetail, stream: OutputStreamName): { kept: number; beyond: number } {
  const beyond = beyondOf(record, stream)
  return { kept: Math.max(record[`${stream}_bytes`], beyond), beyond }
}

function beyondOf({ artifacts }: ExecutionDetail, stream: OutputStreamName): number {
  const name = vocabulary.overflowNames[stream]
  return artifacts.filter((artifact) => artifact.name === name).reduce((sum, { bytes }) => sum + bytes, 0)
}
