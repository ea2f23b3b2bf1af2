import type { AcceptedFrame } from '@xerotier/protocol/frames/accepted.ts'
import { acceptCall } from '../../domain/executions/accept.ts'
import type { Peer } from '../peer.ts'

export function onAccepted({ core, session }: Peer, frame: AcceptedFrame): Promise<void> {
  return session.turns.take(() => acceptCall(core, session.agent, frame))
}
