import type { goodbyeFrame } from '@xerotier/protocol/frames/session/goodbye.ts'
import type { z } from 'zod'
import type { Peer } from '../peer.ts'

export function onGoodbye({ end }: Peer, frame: z.infer<typeof goodbyeFrame>): undefined {
  end(`goodbye: ${frame.reason}`)
}
