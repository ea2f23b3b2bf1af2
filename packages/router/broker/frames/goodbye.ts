import type { goodbyeFrame } from '@xerotier/protocol/frames/session/goodbye.ts'
import type { z } from 'zod'
import type { Peer } from '../peer.ts'

/**
 * Ends the session once what came before is on record: a renewal that says that the agent drains
 * often comes with it.
 */
export function onGoodbye({ core, session, end }: Peer, frame: z.infer<typeof goodbyeFrame>): Promise<void> {
  core.fleet.change(session.agent, { restsUntil: Number.POSITIVE_INFINITY })
  session.agent.saidGoodbye = true
  return session.agent.inTurn(async () => end(`goodbye: ${frame.reason}`))
}
