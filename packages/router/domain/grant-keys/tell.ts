import type { Granting } from './granting.ts'

/** Every agent that has a session hears of the keys as they are now, before its next call. */
export function tellGrantKeys({ fleet, grantKeys }: Pick<Granting, 'fleet' | 'grantKeys'>): void {
  for (const agent of fleet.all()) {
    const frame = grantKeys.frameFor(agent)
    if (frame !== undefined) agent.send(frame)
  }
}
