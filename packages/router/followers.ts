// Who reacts to events, and what Prometheus hears of it. A follower more is a line in the list.
import { Counter, Gauge, type Registry } from 'prom-client'
import { lookAtWhoLeft } from './domain/approvals/who-left.ts'
import { type Sealing, sealEvents } from './domain/audit/seal.ts'
import { type FollowedRecords, type Follower, type Following, follow } from './domain/events/follow.ts'
import { tellOfEvents } from './domain/notifications/tell.ts'

/** What they stand on. */
export type Followed = FollowedRecords & Sealing & Parameters<typeof tellOfEvents>[0]

const followersOf = (core: Followed): readonly Follower[] => [tellOfEvents(core), lookAtWhoLeft(), sealEvents(core)]

/**
 * @param more of a test
 * @returns them, and what stops them all, each after its batch in hand
 */
export function startFollowers(core: Followed, registry: Registry, more: readonly Follower[] = []) {
  const failures = new Counter({
    name: 'xerotier_router_follower_failures_total',
    help: 'Batches of events that a follower could not handle, and tries again',
    labelNames: ['follower'] as const,
    registers: [registry],
  })
  const all = [...followersOf(core), ...more]
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) throw new Error(`two followers are called ${twice.name}`)
  const following = all.map((follower) =>
    follow(core, follower, { onFailure: () => failures.inc({ follower: follower.name }) }),
  )
  const gauge = (name: string, help: string, read: (one: Following) => Promise<number | undefined>) =>
    new Gauge({
      name: `xerotier_router_follower_${name}`,
      help,
      labelNames: ['follower'] as const,
      registers: [registry],
      async collect() {
        this.reset()
        for (const one of following) {
          const value = await read(one).catch(() => Number.NaN)
          if (value !== undefined) this.set({ follower: one.name }, value)
        }
      },
    })
  gauge(
    'events_behind',
    'Events that a follower has not handled, up to 10,000; NaN when the database does not say',
    (one) => one.eventsBehind(),
  )
  gauge(
    'seconds_behind',
    'Age of the oldest event that a follower has not handled; NaN when the database does not say',
    (one) => one.secondsBehind(),
  )
  return { following, stop: () => Promise.all(following.map((one) => one.stop())) }
}
