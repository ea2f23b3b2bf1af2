import { Fault } from '@xerotier/protocol/errors.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import { selectRemovedOf } from '../../store/retention.ts'
import type { Member } from '../actor.ts'
import type { Records } from '../records.ts'
import { findExecution } from './find.ts'

export interface ArtifactBytes {
  name: string
  bytes: number
  chunks: AsyncGenerator<Buffer>
}

/**
 * Found by id or by name.
 * @throws Fault execution_not_found, artifact_not_found, before the first byte
 */
export async function artifactBytes(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  reference: string,
): Promise<ArtifactBytes> {
  const { attempt } = await findExecution(core, actor.projectId, id)
  const artifacts = await selectArtifacts(core.store.db, id, attempt)
  const artifact = artifacts.find((one) => one.id === reference || one.name === reference)
  if (artifact === undefined) {
    if ((await selectRemovedOf(core.store.db, actor.projectId, id)).has('artifacts'))
      throw new Fault('artifact_not_found', {
        message: 'There is no such artifact of this call any more: those of calls as old were removed.',
      })
    throw new Fault('artifact_not_found')
  }
  return { name: artifact.name, bytes: artifact.bytes, chunks: chunksOf(core, artifact) }
}

/**
 * The bytes that an artifact had when it was looked up, read page by page. What came since would
 * overrun the length that was told.
 */
export async function* chunksOf(
  core: Pick<Records, 'store'>,
  { id, bytes }: { id: string; bytes: number },
): AsyncGenerator<Buffer> {
  let afterSeq = -1
  let left = bytes
  while (left > 0) {
    const pieces = await core.store.pieces.artifact(id, afterSeq)
    for (const { seq, data } of pieces) {
      afterSeq = seq
      if (left > 0) yield data.subarray(0, left)
      left -= data.length
    }
    if (pieces.length === 0) return
  }
}
