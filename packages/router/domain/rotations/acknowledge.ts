// An agent has made its new pair, and says so with its signing key.
import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import type { RotationRefusedFrame } from '@xerotier/protocol/frames/rotation/rotation-refused.ts'
import type { SigningRotateAckFrame } from '@xerotier/protocol/frames/rotation/signing-rotate-ack.ts'
import { selectAgentById } from '../../store/agents.ts'
import { lockRotation } from '../../store/rotations.ts'
import { agentActor } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { moveRotation } from '../lifecycles/rotation.ts'
import { acknowledged } from './acknowledged.ts'
import { countBeside, countNoMore } from './counting.ts'
import { rollBack } from './roll-back.ts'
import type { Rotating } from './rotating.ts'

/** From here on the new key counts beside the old one, or all is as it was; the agent is told. */
export async function acknowledgeRotation(
  core: Rotating,
  online: OnlineAgent,
  frame: CurveRotateAckFrame | SigningRotateAckFrame,
): Promise<void> {
  const { rotation_id } = frame
  const because = await write(core, (writing) => accept(core, writing, online, frame))
  online.send(
    because === undefined
      ? { t: 'rotation_accepted', rotation_id }
      : { t: 'rotation_ended', rotation_id, reason: because },
  )
  core.rotations.moved(rotation_id)
}

/** @returns why it is not accepted */
async function accept(
  core: Rotating,
  writing: Writing,
  online: OnlineAgent,
  frame: CurveRotateAckFrame | SigningRotateAckFrame,
): Promise<string | undefined> {
  const row = await lockRotation(writing.tx, online.id, frame.rotation_id)
  const agent = await selectAgentById(writing.tx, online.id)
  const use = frame.t === 'curve_rotate_ack' ? 'curve' : 'signing'
  if (row?.use !== use || agent === undefined) return 'the router knows no such rotation'
  const { new_key, ...evidence } = acknowledged(frame)
  // It came with the new key already, and did not hear that it is welcome.
  if (row.state === 'completed') return row.new_key === new_key ? undefined : 'it was completed'
  if (row.state === 'ended' || row.state === 'rolled_back') return row.because ?? 'it is over'
  const wrong = await evidence.whatIsWrong(core, writing.tx, { row, agent })
  if (wrong !== undefined) {
    await rollBack(core, writing, row, wrong)
    return wrong
  }
  if (row.new_key === new_key) return undefined
  const { signature, proof } = evidence
  const set = { new_key, signature, proof, acknowledged_at: writing.now }
  if (row.state === 'requested')
    await moveRotation(writing, row.id, { to: 'acknowledged', actor: agentActor(agent), set })
  // It has lost the pair that it made first.
  else await writing.tx.updateTable('rotations').set(set).where('id', '=', row.id).execute()
  writing.after(() => {
    countNoMore(core.enrolledKeys, row, row.new_key)
    countBeside(core.enrolledKeys, row, agent, new_key)
  })
  return undefined
}

/** The agent cannot take part. */
export async function refuseRotation(core: Rotating, online: OnlineAgent, frame: RotationRefusedFrame): Promise<void> {
  await write(core, async (writing) => {
    const row = await lockRotation(writing.tx, online.id, frame.rotation_id)
    if (row !== undefined) await rollBack(core, writing, row, `the agent refused: ${frame.reason}`)
  })
  core.rotations.moved(frame.rotation_id)
}
