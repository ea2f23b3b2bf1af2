// Requesters do not approve their own calls. What they ask with follows them: the person behind all
// of their keys, and whoever has held the value of a key, as its maker has.
import type { SelfApproval } from '@xerotier/protocol/self-approval.ts'
import { selectKeyLine } from '../../store/api-keys.ts'
import type { Database, Tx } from '../../store/database.ts'

/** One side of an approval. */
export interface Party {
  /** The person, or the service key. */
  id: string
  /**
   * Everybody who can act as they did: themselves, their key, and over any number of steps the keys
   * and people that made it or gave it another value.
   */
  line: ReadonlySet<string>
}

/** Whether the decider may approve what the requester asked for, or would approve their own. */
export function maySelfApprove(mode: SelfApproval, requester: Party, decider: Party): boolean {
  switch (mode) {
    case 'any':
      return true
    case 'service_keys':
      return !decider.line.has(requester.id)
    case 'none':
      return requester.line.isDisjointFrom(decider.line)
  }
}

/**
 * @param id of the person or the service key, as the record names them
 * @param key that they came with; null when they came without one
 */
export async function readParty(db: Database | Tx, id: string, key: string | null): Promise<Party> {
  // What is older than people names the key alone.
  return { id, line: new Set([id, ...(await selectKeyLine(db, key ?? id))]) }
}
