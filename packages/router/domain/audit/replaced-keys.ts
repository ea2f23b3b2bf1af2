// The keys that an agent has signed with before, and what each says of the one after it: who keeps
// an older one can follow them (../rotations).
import { cosignerNameOf } from '@xerotier/protocol/audit-log.ts'
import { noteKey, verifierKey } from '@xerotier/runtime/tlog/note.ts'
import type { Database } from '../../store/database.ts'
import { selectReplacedSigningKeys } from '../../store/rotations.ts'

export interface ReplacedKey {
  verifier_key: string
  rotation_id: string
  /** Hex. */
  signature: string
}

/** Beyond that nobody follows. */
const keysShown = 16

/** @returns those before the key of an agent, the oldest first */
export async function replacedKeys(
  db: Database,
  agentIds: readonly string[],
): Promise<(agentId: string, key: Buffer) => ReplacedKey[]> {
  const rows = agentIds.length === 0 ? [] : await selectReplacedSigningKeys(db, agentIds)
  const before = new Map(rows.map((row) => [`${row.agent_id} ${row.new_key}`, row]))
  return (agentId, key) => {
    const replaced: ReplacedKey[] = []
    for (let newer = key.toString('hex'); replaced.length < keysShown; ) {
      const row = before.get(`${agentId} ${newer}`)
      if (row === undefined) break
      const old = noteKey(cosignerNameOf(agentId), 'cosigner', Buffer.from(row.old_key, 'hex'))
      const signature = row.signature?.toString('hex') ?? ''
      replaced.unshift({ verifier_key: verifierKey(old), rotation_id: row.id, signature })
      newer = row.old_key
    }
    return replaced
  }
}
