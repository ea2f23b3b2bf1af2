// Live output and artifacts, as they arrive.

import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectArtifactId } from '../../store/artifacts.ts'
import { sealedFor } from '../../store/contents.ts'
import { storedPiece } from '../encryption/pieces.ts'
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
  core: Pick<Records, 'clock' | 'store'> & Pick<Attempts, 'lanes' | 'calls'>,
  call: LiveCall,
  frame: OutputFrame,
): Promise<void> {
  if (core.calls.get(call.row.project_id, frame.execution_id) !== call) return
  const of = () => sealedFor.output(frame.execution_id, frame.attempt, frame.seq)
  await core.lanes.commit('output', {
    id: frame.execution_id,
    attempt: frame.attempt,
    seq: frame.seq,
    stream: frame.stream === 'stdout' ? 1 : 2,
    at: agentTime(call.agent, frame.at, { row: call.row, now: core.clock.now() }),
    data: storedPiece(core.store.contents, call.row, of, bufferOf(frame.data)),
  })
}

/**
 * The artifact that a piece is of, made with its first piece.
 * @returns its id
 */
export function openArtifact(core: Records, call: LiveCall, frame: ArtifactFrame): Promise<string> {
  const { name } = frame
  call.artifacts ??= new Map()
  const known = call.artifacts.get(name)
  if (known !== undefined) return known
  const made = makeArtifact(core, call, frame)
  call.artifacts.set(name, made)
  made.catch(() => call.artifacts?.delete(name))
  return made
}

/** One of an earlier session stays. */
async function makeArtifact(core: Records, { row }: LiveCall, frame: ArtifactFrame): Promise<string> {
  const { execution_id, attempt, name, media_type } = frame
  return await write(core, async ({ tx, now }) => {
    const about = { project_id: row.project_id, execution_id, attempt, name, media_type }
    await tx
      .insertInto('artifacts')
      .values({ id: newId('cart', now.getTime()), ...about, created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return await selectArtifactId(tx, frame)
  })
}

/** As `storeOutput`. @param artifactId of `openArtifact` */
export async function storeArtifact(
  core: Pick<Records, 'store'> & Pick<Attempts, 'lanes' | 'calls'>,
  call: LiveCall,
  frame: ArtifactFrame,
  artifactId: string,
): Promise<void> {
  if (core.calls.get(call.row.project_id, frame.execution_id) !== call) return
  const { execution_id, seq, data } = frame
  const of = () => sealedFor.artifact(artifactId, seq)
  const stored = storedPiece(core.store.contents, call.row, of, bufferOf(data))
  await core.lanes.commit('artifact', { id: execution_id, artifact_id: artifactId, seq, data: stored })
}

function bufferOf(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
