import { auditOriginOf } from '@xerotier/protocol/audit-log.ts'
import { isSignedBy, type Note, type NoteKey, noteKey } from '@xerotier/runtime/tlog/note.ts'
import type { Identity } from '../identity.ts'

export type LogKeys = Pick<Identity, 'auditKey' | 'previousAuditKey'>

/** The key with which checkpoints of the project are verified. */
export function logKeyOf({ auditKey }: Pick<Identity, 'auditKey'>, projectId: string): NoteKey {
  return noteKey(auditOriginOf(projectId), 'log', auditKey.publicKey)
}

/** Whether the log has signed it: with its key, or the one before. */
export function isOfLog({ auditKey, previousAuditKey }: LogKeys, projectId: string, note: Note): boolean {
  const keys = previousAuditKey === undefined ? [auditKey] : [auditKey, previousAuditKey]
  return keys.some(({ publicKey }) => isSignedBy(note, noteKey(auditOriginOf(projectId), 'log', publicKey)))
}
