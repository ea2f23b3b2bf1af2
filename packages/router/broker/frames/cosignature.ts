import type { CheckpointRefusedFrame } from '@xerotier/protocol/frames/audit/checkpoint-refused.ts'
import type { CosignatureFrame } from '@xerotier/protocol/frames/audit/cosignature.ts'
import type { Peer } from '../peer.ts'

export function onCosignature({ core, session, spend }: Peer, frame: CosignatureFrame): undefined {
  if (!core.witnesses.cosigned(session.agent, session.verifyingKey, frame)) spend(1)
}

export async function onCheckpointRefused(
  { core, session, spend }: Peer,
  frame: CheckpointRefusedFrame,
): Promise<void> {
  if (!(await core.witnesses.refused(session.agent, frame))) spend(1)
}
