// Frames of a session on their way to their handlers, and how much of one session may be on that
// way.
import { limits } from '@xerotier/protocol/limits.ts'
import { dispatchFrame, type SessionFrame } from './frames/handlers.ts'
import type { Peer } from './peer.ts'
import type { BrokerProbe } from './probe.ts'

/** @param bytes what the frame holds in memory until it is dealt with */
export function handleFrame(peer: Peer, frame: SessionFrame, bytes: number, probe: BrokerProbe): void {
  const handled = dispatchFrame(peer, frame)
  if (handled === undefined) return
  const { core, session } = peer
  const about = { agent_id: session.agent.id }
  session.unhandled += 1
  session.unhandledBytes += bytes
  handled
    .catch((error: unknown) => {
      const execution = 'execution_id' in frame ? { execution_id: frame.execution_id } : {}
      core.log.error({ error, ...about, frame: frame.t, ...execution }, 'a frame could not be handled')
    })
    .finally(() => {
      session.unhandled -= 1
      session.unhandledBytes -= bytes
    })
  const { unhandled, unhandledBytes } = session
  if (unhandled <= limits.unhandledFramesPerSession && unhandledBytes <= limits.unhandledBytesPerSession) return
  probe.refused('backlog', about)
  core.log.warning(
    { ...about, frames: unhandled, bytes: Math.round(unhandledBytes) },
    'an agent sends more than can be stored; its session ends',
  )
  peer.begin('Too much is not yet acknowledged.')
}
