// What is done with each frame of a session. The compiler wants a handler for every frame that an
// agent may send.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import type { Peer } from '../peer.ts'
import type { UnreadableRenewal } from '../unreadable.ts'
import { onAccepted } from './accepted.ts'
import { onCheckpointRefused, onCosignature } from './cosignature.ts'
import { onGoodbye } from './goodbye.ts'
import { onGreeting } from './greeting.ts'
import { onLeaseRenewal } from './lease-renewal.ts'
import { onOutput } from './output.ts'
import { onRefused } from './refused.ts'
import { onResult } from './result.ts'
import { onRotateAck, onRotationRefused } from './rotation.ts'

type Name = AgentFrame['t']
/**
 * What a session hands on: every frame, and of a renewal also one whose manifest could not be read.
 */
type Frames = { [N in Name]: N extends 'lease_renewal' ? UnreadableRenewal : never }
export type SessionFrame<N extends Name = Name> = {
  [K in N]: { t: K } & (Extract<AgentFrame, { t: K }> | Frames[K])
}[N]
/** Returns nothing where there is nothing to wait for. */
type Handlers = { [N in Name]: (peer: Peer, frame: SessionFrame<N>) => Promise<void> | undefined }

const handlers: Handlers = {
  hello: onGreeting,
  proof: onGreeting,
  lease_renewal: onLeaseRenewal,
  accepted: onAccepted,
  output: onOutput,
  artifact: onOutput,
  result: onResult,
  refused: onRefused,
  goodbye: onGoodbye,
  cosignature: onCosignature,
  checkpoint_refused: onCheckpointRefused,
  curve_rotate_ack: onRotateAck,
  signing_rotate_ack: onRotateAck,
  rotation_refused: onRotationRefused,
}

export function dispatchFrame<N extends Name>(peer: Peer, frame: SessionFrame<N>): Promise<void> | undefined {
  return handlers[frame.t](peer, frame)
}
