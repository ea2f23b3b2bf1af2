import type { Submission } from '../../store/lanes/parts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { canonicalArguments } from '../tools/call-digest.ts'

/** A new row as it is written. */
export function submissionOf(row: ExecutionRow): Submission {
  return { ...row, args: canonicalArguments(row.args) }
}
