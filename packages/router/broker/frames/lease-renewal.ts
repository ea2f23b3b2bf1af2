import type { leaseRenewalFrame } from '@xerotier/protocol/frames/session/lease-renewal.ts'
import type { z } from 'zod'
import { renewLease } from '../../domain/agents/renew-lease.ts'
import { noteClock } from '../../domain/fleet/clock-offset.ts'
import type { Peer } from '../peer.ts'
import type { UnreadableRenewal } from '../unreadable.ts'

/** The heartbeat: extends the lease, takes a changed manifest, reconciles what runs. */
export async function onLeaseRenewal(
  { core, session, reply, spend, begin }: Peer,
  frame: z.infer<typeof leaseRenewalFrame> | UnreadableRenewal,
): Promise<void> {
  // One may come whenever something changed. It is read whole each time, so not without end.
  spend(1)
  if (frame.lease_epoch !== session.agent.leaseEpoch) return
  noteClock(core, session.agent, frame.at)
  const { forget, doubt, isManifestWanted } = await renewLease(core, session.agent, session.leaseTtlMs, frame)
  if (doubt !== undefined) return begin(doubt)
  const { leaseEpoch: lease_epoch, clockOffsetMs } = session.agent
  const clock = clockOffsetMs === undefined ? {} : { clock_offset_ms: clockOffsetMs }
  const wanted = isManifestWanted ? { manifest_wanted: true } : {}
  reply({ t: 'lease', lease_epoch, lease_ttl_ms: session.leaseTtlMs, forget, ...clock, ...wanted })
}
