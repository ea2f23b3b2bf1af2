import type { AcceptedFrame } from '@xerotier/protocol/frames/accepted.ts'
import { acceptCall } from '../../domain/executions/accept.ts'
import type { Peer } from '../peer.ts'

export function onAccepted({ core, session }: Peer, frame: AcceptedFrame): Promise<void> {
  return acceptCall(core, session.agent, frame)
}
