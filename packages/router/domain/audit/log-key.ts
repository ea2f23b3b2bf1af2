import { auditOriginOf } from '@xerotier/protocol/audit-log.ts'
import { type NoteKey, noteKey } from '@xerotier/runtime/tlog/note.ts'
import type { Identity } from '../identity.ts'

/** The key with which checkpoints of the project are verified. */
export function logKeyOf({ auditKey }: Pick<Identity, 'auditKey'>, projectId: string): NoteKey {
  return noteKey(auditOriginOf(projectId), 'log', auditKey.publicKey)
}
