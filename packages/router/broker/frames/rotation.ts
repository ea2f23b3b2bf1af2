import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import type { RotationRefusedFrame } from '@xerotier/protocol/frames/rotation/rotation-refused.ts'
import type { SigningRotateAckFrame } from '@xerotier/protocol/frames/rotation/signing-rotate-ack.ts'
import { acknowledgeRotation, refuseRotation } from '../../domain/rotations/acknowledge.ts'
import type { Peer } from '../peer.ts'

/** Each costs a transaction, and few are of use. */
export function onRotateAck(
  { core, session, spend }: Peer,
  frame: CurveRotateAckFrame | SigningRotateAckFrame,
): Promise<void> {
  spend(1)
  return session.turns.take(() => acknowledgeRotation(core, session.agent, frame))
}

export function onRotationRefused({ core, session, spend }: Peer, frame: RotationRefusedFrame): Promise<void> {
  spend(1)
  return session.turns.take(() => refuseRotation(core, session.agent, frame))
}
