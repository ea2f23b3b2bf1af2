import type { Peer } from '../peer.ts'

/** A greeting has no place in a session: whoever wants another begins it without one. */
export function onGreeting({ invalid }: Peer, { t }: { t: 'hello' | 'proof' }): undefined {
  invalid(t)
}
