import type { AcceptedFrame } from '@xerotier/protocol/frames/call/accepted.ts'
import { acceptCall, noteStart } from '../../domain/attempts/accept.ts'
import type { Peer } from '../peer.ts'

export function onAccepted({ core, session }: Peer, frame: AcceptedFrame): Promise<void> {
  noteStart(core, session.agent, frame)
  return session.turns.take(() => acceptCall(core, session.agent, frame))
}
