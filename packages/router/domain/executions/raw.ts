import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import { type StreamName, selectOutput, streamNames } from '../../store/execution-output.ts'
import type { Member } from '../actor.ts'
import type { Records } from '../records.ts'
import { chunksOf } from './artifact.ts'
import { findExecution } from './find.ts'

/** 2 MiB at once, whatever the whole. */
const piecesPerPage = 32

/**
 * The whole output of one stream, or of both in the order of arrival, read page by page. First
 * comes what the record holds, then what did not fit and became an artifact of its stream.
 * @throws Fault execution_not_found, before the first byte
 */
export async function rawOutput(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  stream: StreamName | undefined,
): Promise<AsyncGenerator<Buffer>> {
  const { attempt } = await findExecution(core, actor.projectId, id)
  return (async function* () {
    let afterSeq = -1
    while (true) {
      const pieces = await selectOutput(core.store.db, id, attempt, { afterSeq, limit: piecesPerPage, stream })
      for (const { seq, data } of pieces) {
        afterSeq = seq
        yield data
      }
      if (pieces.length < piecesPerPage) break
    }
    const names = (stream === undefined ? streamNames : [stream]).map(overflowName)
    for (const artifact of await selectArtifacts(core.store.db, id, attempt)) {
      if (names.includes(artifact.name)) yield* chunksOf(core, artifact)
    }
  })()
}
