// An agent has made its new CURVE pair, and says so with its signing key.
import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import type { RotationRefusedFrame } from '@xerotier/protocol/frames/rotation/rotation-refused.ts'
import { curveRotateText } from '@xerotier/protocol/rotation.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { isZ85Key } from '@xerotier/runtime/z85.ts'
import { selectAgentById } from '../../store/agents.ts'
import { isKnownCurveKey, lockRotation } from '../../store/rotations.ts'
import type { AgentRow, RotationRow } from '../../store/tables.ts'
import { agentActor } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { moveRotation } from '../lifecycles/rotation.ts'
import { rollBack } from './roll-back.ts'
import type { Rotating } from './rotating.ts'

/** From here on the new key counts beside the old one, or all is as it was; the agent is told. */
export async function acknowledgeRotation(
  core: Rotating,
  online: OnlineAgent,
  frame: CurveRotateAckFrame,
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
  frame: CurveRotateAckFrame,
): Promise<string | undefined> {
  const row = await lockRotation(writing.tx, online.id, frame.rotation_id)
  const agent = await selectAgentById(writing.tx, online.id)
  if (row === undefined || agent === undefined) return 'the router knows no such rotation'
  // It came with the new key already, and did not hear that it is welcome.
  if (row.state === 'completed') return row.new_key === frame.curve_public_key ? undefined : 'it was completed'
  if (row.state === 'ended' || row.state === 'rolled_back') return row.because ?? 'it is over'
  const wrong = await whatIsWrong(core, writing, { row, agent }, frame)
  if (wrong !== undefined) {
    await rollBack(core, writing, row, wrong)
    return wrong
  }
  if (row.new_key === frame.curve_public_key) return undefined
  const set = { new_key: frame.curve_public_key, signature: Buffer.from(frame.signature), acknowledged_at: writing.now }
  if (row.state === 'requested')
    await moveRotation(writing, row.id, { to: 'acknowledged', actor: agentActor(agent), set })
  // It has lost the pair that it made first.
  else await writing.tx.updateTable('rotations').set(set).where('id', '=', row.id).execute()
  writing.after(() => {
    if (row.new_key !== null) core.enrolledKeys.remove(row.new_key)
    core.enrolledKeys.add({ ...agent, curve_public_key: frame.curve_public_key })
  })
  return undefined
}

async function whatIsWrong(
  core: Rotating,
  { tx }: Writing,
  { row, agent }: { row: RotationRow; agent: AgentRow },
  { rotation_id, curve_public_key, signature }: CurveRotateAckFrame,
): Promise<string | undefined> {
  const routerKey = core.serverKeys.byId(row.router_key_id)
  if (routerKey === undefined) return 'the router does not listen there any more'
  if (!isZ85Key(curve_public_key)) return 'the agent sent no CURVE key'
  const text = curveRotateText({
    rotation_id,
    agent_id: agent.id,
    curve_public_key,
    router_curve_public_key: routerKey.publicKey,
  })
  if (!verifySignature(verifyingKey(agent.signing_public_key), Buffer.from(text), signature))
    return 'the acknowledgement is not signed with the key of the agent'
  if (await isKnownCurveKey(tx, curve_public_key, rotation_id)) return 'the key that the agent sent is not new'
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
