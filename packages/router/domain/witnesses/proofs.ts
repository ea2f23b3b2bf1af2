// That a log goes on from what somebody has seen of it.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { nodesOf, tilesFor } from '@xerotier/runtime/tlog/tiles.ts'
import { consistencyProof } from '@xerotier/runtime/tlog/tree.ts'
import type { NewestCheckpoint } from '../../store/audit-cosignatures.ts'
import { selectTiles } from '../../store/audit-log.ts'
import type { Records } from '../records.ts'

/** @returns undefined where the hashes that it takes are gone, or do not fit */
export async function prove(
  { store, log }: Pick<Records, 'store' | 'log'>,
  { project_id, size }: Pick<NewestCheckpoint, 'project_id' | 'size'>,
  seen: number,
): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
  try {
    const tiles = await selectTiles(store.db, project_id, seen === 0 ? [] : tilesFor([seen - 1], [seen, size]))
    const hashes = consistencyProof(
      seen,
      size,
      nodesOf((level, n) => tiles.get(`${level}/${n}`)),
    )
    return hashes.map((hash) => new Uint8Array(hash))
  } catch (error) {
    const about = { project_id, from: seen, to: size, why: messageOf(error) }
    log.warning(about, 'the audit log has no proof that it goes on from what was seen of it; it is not signed')
    return undefined
  }
}
