// Live output and artifacts, as they arrive.

import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { agentTime } from './agent-time.ts'
import type { Attempts } from './attempts.ts'
import type { LiveCall } from './calls.ts'

/** Counts a piece against the limits of its call. @returns whether it is to be stored */
export function countOutput(call: LiveCall, frame: OutputFrame | ArtifactFrame): boolean {
  if (frame.seq < (call.storedBelow ?? 0)) return false
  const bytes = call.outputBytes + Math.max(frame.data.length, limits.outputPieceLeastBytes)
  const inlineBytes = (call.inlineBytes ?? 0) + (frame.t === 'output' ? frame.data.length : 0)
  call.outputCut ||= bytes > limits.outputTotalBytes
  // Artifacts have a place of their own: they go on when the inline output is full.
  call.inlineCut ||= inlineBytes > limits.outputInlineBytes
  if (call.outputCut || (call.inlineCut && frame.t === 'output')) return false
  call.outputBytes = bytes
  call.inlineBytes = inlineBytes
  return true
}

/** Stores a piece, which may be acknowledged then. It is dropped when its call has gone. */
export async function storeOutput(
  core: Pick<Records, 'clock'> & Pick<Attempts, 'lanes' | 'calls'>,
  call: LiveCall,
  frame: OutputFrame,
): Promise<void> {
  if (core.calls.get(call.row.project_id, frame.execution_id) !== call) return
  await core.lanes.commit('output', {
    id: frame.execution_id,
    attempt: frame.attempt,
    seq: frame.seq,
    stream: frame.stream === 'stdout' ? 1 : 2,
    at: agentTime(call.agent, frame.at, { row: call.row, now: core.clock.now() }),
    data: Buffer.from(frame.data.buffer, frame.data.byteOffset, frame.data.byteLength),
  })
}

/** As `storeOutput`. */
export async function storeArtifact(
  core: Records & Pick<Attempts, 'calls'>,
  call: LiveCall,
  frame: ArtifactFrame,
): Promise<void> {
  if (core.calls.get(call.row.project_id, frame.execution_id) !== call) return
  await write(core, async ({ tx, now }) => {
    await tx
      .insertInto('artifacts')
      .values({
        id: newId('cart', now.getTime()),
        project_id: call.row.project_id,
        execution_id: frame.execution_id,
        attempt: frame.attempt,
        name: frame.name,
        media_type: frame.media_type,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tx
      .insertInto('artifact_chunks')
      .columns(['artifact_id', 'seq', 'data'])
      .expression((eb) =>
        eb
          .selectFrom('artifacts')
          .select(['id', eb.val(frame.seq).as('seq'), eb.val(Buffer.from(frame.data)).as('data')])
          .where('execution_id', '=', frame.execution_id)
          .where('attempt', '=', frame.attempt)
          .where('name', '=', frame.name),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  })
}
