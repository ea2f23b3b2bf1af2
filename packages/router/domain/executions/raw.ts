import { Fault } from '@xerotier/protocol/errors.ts'
import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import { sealedFor } from '../../store/contents.ts'
import { type StreamName, streamNames } from '../../store/output-streams.ts'
import { selectRemovedOf } from '../../store/retention.ts'
import type { Member } from '../actor.ts'
import { openPiece, requireReadable } from '../encryption/pieces.ts'
import type { Records } from '../records.ts'
import { chunksOf } from './artifact.ts'
import { findExecution } from './find.ts'

/**
 * The whole output of one stream, or of both in the order of arrival, read page by page. First
 * comes what the record holds, then what did not fit and became an artifact of its stream.
 * @throws Fault execution_not_found, output_removed, contents_unreadable, before the first byte
 */
export async function rawOutput(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  stream: StreamName | undefined,
): Promise<AsyncGenerator<Buffer>> {
  const call = await findExecution(core, actor.projectId, id)
  const { attempt, stdout_bytes, stderr_bytes } = call
  if (stdout_bytes + stderr_bytes > 0 && (await selectRemovedOf(core.store.db, actor.projectId, id)).has('output'))
    throw new Fault('output_removed')
  requireReadable(core.store.contents, call)
  return (async function* () {
    let afterSeq = -1
    while (true) {
      const pieces = await core.store.pieces.output({ executionId: id, attempt, stream }, afterSeq)
      for (const { seq, data } of pieces) {
        afterSeq = seq
        yield openPiece(core.store.contents, call, () => sealedFor.output(id, attempt, seq), data)
      }
      if (pieces.length === 0) break
    }
    const names = (stream === undefined ? streamNames : [stream]).map(overflowName)
    for (const artifact of await selectArtifacts(core.store.db, id, attempt, call)) {
      if (names.includes(artifact.name)) yield* chunksOf(core, call, artifact)
    }
  })()
}
