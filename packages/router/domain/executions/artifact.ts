import { Fault } from '@xerotier/protocol/errors.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import { type MaybeSealed, sealedFor } from '../../store/contents.ts'
import { selectRemovedOf } from '../../store/retention.ts'
import type { Member } from '../actor.ts'
import { openPiece, requireReadable } from '../encryption/pieces.ts'
import type { Records } from '../records.ts'
import { findExecution } from './find.ts'

export interface ArtifactBytes {
  name: string
  bytes: number
  chunks: AsyncGenerator<Buffer>
}

/**
 * Found by id or by name.
 * @throws Fault execution_not_found, artifact_not_found, contents_unreadable, before the first byte
 */
export async function artifactBytes(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  reference: string,
): Promise<ArtifactBytes> {
  const call = await findExecution(core, actor.projectId, id)
  const artifacts = await selectArtifacts(core.store.db, id, call.attempt, call)
  const artifact = artifacts.find((one) => one.id === reference || one.name === reference)
  if (artifact === undefined) {
    if ((await selectRemovedOf(core.store.db, actor.projectId, id)).has('artifacts'))
      throw new Fault('artifact_not_found', {
        message: 'There is no such artifact of this call any more: those of calls as old were removed.',
      })
    throw new Fault('artifact_not_found')
  }
  requireReadable(core.store.contents, call)
  return { name: artifact.name, bytes: artifact.bytes, chunks: chunksOf(core, call, artifact) }
}

/**
 * The bytes that an artifact had when it was looked up, read page by page. What came since would
 * overrun the length that was told.
 */
export async function* chunksOf(
  core: Pick<Records, 'store'>,
  call: MaybeSealed,
  { id, bytes }: { id: string; bytes: number },
): AsyncGenerator<Buffer> {
  let afterSeq = -1
  let left = bytes
  while (left > 0) {
    const pieces = await core.store.pieces.artifact(id, afterSeq)
    for (const { seq, data } of pieces) {
      afterSeq = seq
      if (left <= 0) continue
      const opened = openPiece(core.store.contents, call, () => sealedFor.artifact(id, seq), data)
      yield opened.subarray(0, left)
      left -= opened.length
    }
    if (pieces.length === 0) return
  }
}
