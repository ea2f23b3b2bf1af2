// The key of the log was replaced: its log says so, and what follows is signed with the new one.

import { keyIdOf } from '@xerotier/runtime/ed25519.ts'
import { isSignedBy, parseNote } from '@xerotier/runtime/tlog/note.ts'
import { selectNewestOfAll } from '../../store/audit-cosignatures.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { type LogKeys, logKeyOf } from './log-key.ts'

/** To be called at the start, before anybody reads the log. */
export async function tellLogKey(core: Records & { identity: LogKeys }): Promise<void> {
  const { identity, store, log } = core
  const newest = await selectNewestOfAll(store.db)
  const others = newest.filter(({ project_id, note }) => !isSignedBy(parseNote(note), logKeyOf(identity, project_id)))
  if (others.length === 0) return
  const data = {
    key_id: keyIdOf(identity.auditKey.publicKey),
    named_by: identity.previousAuditKey === undefined ? null : keyIdOf(identity.previousAuditKey.publicKey),
  }
  log.notice({ ...data, projects: others.length }, 'the audit log is signed with another key from now on')
  await write(core, async ({ append }) => {
    for (const { project_id } of others) append({ project_id, kind: 'audit.key_replaced', actor: router, data })
  })
}
