import type { RefusedFrame } from '@xerotier/protocol/frames/call/refused.ts'
import { refuseCall } from '../../domain/attempts/refuse.ts'
import type { Peer } from '../peer.ts'

export function onRefused({ core, session }: Peer, frame: RefusedFrame): Promise<void> {
  return refuseCall(core, session.agent, frame)
}
