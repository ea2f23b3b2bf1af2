import { type StreamName, selectOutput } from '../../store/execution-output.ts'
import type { Core } from '../core.ts'
import type { Principal } from '../principal.ts'
import { findExecution } from './find.ts'

/** 2 MiB at once, whatever the whole. */
const piecesPerPage = 32

/**
 * The output as it came, of one stream or of both in the order of arrival, read page by page.
 * @throws Fault execution_not_found, before the first byte
 */
export async function rawOutput(
  core: Core,
  principal: Principal,
  id: string,
  stream: StreamName | undefined,
): Promise<AsyncGenerator<Buffer>> {
  const { attempt } = await findExecution(core, principal.projectId, id)
  return (async function* () {
    let afterSeq = -1
    while (true) {
      const pieces = await selectOutput(core.store.db, id, attempt, { afterSeq, limit: piecesPerPage, stream })
      for (const piece of pieces) yield piece.data
      if (pieces.length < piecesPerPage) return
      afterSeq = pieces.at(-1)!.seq
    }
  })()
}
