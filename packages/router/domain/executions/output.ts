// Live output and artifacts, as they arrive.
import type { ArtifactFrame } from '@xerotier/protocol/frames/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { OnlineAgent } from '../agents/fleet.ts'
import type { Core } from '../core.ts'
import { newId } from '../ids.ts'
import { agentTime } from './agent-time.ts'

/** Stores a piece; it may be acknowledged once this resolves. A piece beyond the limits, or of a call that is not here, is dropped. */
export async function storeOutput(core: Core, agent: OnlineAgent, frame: OutputFrame | ArtifactFrame): Promise<void> {
  const call = core.calls.get(frame.execution_id)
  if (call === undefined || call.agent.id !== agent.id || call.row.attempt !== frame.attempt) return
  call.outputBytes += frame.data.length
  if (call.outputBytes > limits.outputTotalBytes + limits.outputFrameBytes) return
  if (frame.t === 'artifact') return storeArtifact(core, call.row.project_id, frame)
  await core.lanes.commit('output', {
    id: frame.execution_id,
    attempt: frame.attempt,
    seq: frame.seq,
    stream: frame.stream === 'stdout' ? 1 : 2,
    at: agentTime(frame.at, core.clock.now()),
    data: Buffer.from(frame.data.buffer, frame.data.byteOffset, frame.data.byteLength),
  })
  core.eventLog.wake()
}

async function storeArtifact(core: Core, projectId: string, frame: ArtifactFrame): Promise<void> {
  const now = core.clock.now()
  await core.store.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('artifacts')
      .values({
        id: newId('cart', now),
        project_id: projectId,
        execution_id: frame.execution_id,
        attempt: frame.attempt,
        name: frame.name,
        created_at: new Date(now),
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
