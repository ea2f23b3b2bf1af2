import { sealedFor, sealJson } from '../../store/contents.ts'
import type { Store } from '../../store/database.ts'
import type { Submission } from '../../store/lanes/parts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { canonicalArguments } from '../tools/call-digest.ts'

/** A new row as it is written. */
export function submissionOf({ contents }: Pick<Store, 'contents'>, row: ExecutionRow): Submission {
  const args = canonicalArguments(row.args)
  return { ...row, args: row.sealed_with === null ? args : sealJson(contents, sealedFor.args(row.id), args) }
}
