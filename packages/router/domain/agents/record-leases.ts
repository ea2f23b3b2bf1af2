// Leases are true in memory; the record says about when each agent was here last. A renewal that
// brings no news is not written: those of a minute and a half are, in one statement for all.
import { leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { sql } from 'kysely'
import type { Tx } from '../../store/database.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'

/** The record is no older than this by much, ms. A lease that ended longer ago is over. */
export const leaseRecordMs = 90_000
/** How often it is looked whose are due, ms. */
export const recordLeasesEveryMs = 10_000

export const notOnRecord = 'The lease is not on record any more.'

/** Called every `recordLeasesEveryMs`. */
export async function recordLeases(core: Records & FleetView): Promise<void> {
  const moment = core.clock.monotonic()
  const recordedBefore = moment - leaseRecordMs + recordLeasesEveryMs
  const due = core.fleet.all().filter(({ leaseRecordedAt }) => leaseRecordedAt < recordedBefore)
  if (due.length === 0) return
  const recorded = await write(core, ({ tx, now }) => update(tx, due, now.getTime() - moment))
  for (const agent of due) {
    if (recorded.has(agent.id)) agent.leaseRecordedAt = moment
    // Somebody took its lease away behind our back.
    else if (core.fleet.holds(agent)) agent.doubt = notOnRecord
  }
}

/**
 * @param wallAhead of the monotonic clock, ms
 * @returns the ids of those whose leases the record still gives them
 */
async function update(tx: Tx, agents: readonly OnlineAgent[], wallAhead: number): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update agents
    set lease_expires_at = lease.expires_at, last_heartbeat_at = lease.heartbeat_at
    from unnest(
      ${agents.map(({ id }) => id)}::text[],
      ${agents.map(({ leaseEpoch }) => leaseEpoch)}::int[],
      ${agents.map(({ leaseUntil }) => new Date(wallAhead + leaseUntil))}::timestamptz[],
      ${agents.map(({ lastHeartbeatAt }) => new Date(lastHeartbeatAt))}::timestamptz[]
    ) as lease (id, epoch, expires_at, heartbeat_at)
    where agents.id = lease.id and agents.lease_epoch = lease.epoch and agents.state = any(${leasedAgentStates}::text[])
    returning agents.id`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}
