import { type NoteKey, noteKey } from '@xerotier/runtime/tlog/note.ts'
import type { Identity } from '../identity.ts'

/** What names the log of a project, and begins each of its checkpoints. */
export function originOf(projectId: string): string {
  return `xerotier-audit/${projectId}`
}

/** The key with which checkpoints of the project are verified. */
export function logKeyOf({ auditKey }: Pick<Identity, 'auditKey'>, projectId: string): NoteKey {
  return noteKey(originOf(projectId), 'log', auditKey.publicKey)
}
