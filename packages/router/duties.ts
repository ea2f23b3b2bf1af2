// What time alone makes necessary.
import { every } from '@xerotier/runtime/clock.ts'
import type { Broker } from './broker/broker.ts'
import type { Core } from './core.ts'
import { buryAgents, missAgents } from './domain/agents/absence.ts'
import { recordLeases, recordLeasesEveryMs } from './domain/agents/record-leases.ts'
import { advanceApprovals } from './domain/approvals/advance.ts'
import { releaseHeld } from './domain/approvals/held.ts'
import { createHolds } from './domain/attempts/holds.ts'
import { expireQueued, sweepOrphans } from './domain/attempts/sweep.ts'
import { removeOldDeliveries } from './domain/deliveries/keep.ts'
import type { ExportMaker } from './domain/exports/make.ts'
import { retireGrantKeys } from './domain/grant-keys/retire.ts'
import { recordGauges } from './domain/health/history.ts'
import type { DutyPulse } from './domain/health/pulse.ts'
import { createReencryption } from './domain/key-rotation/reencrypt.ts'
import { removeOldNotices, sendDigests, sendReminders } from './domain/notifications/digest.ts'
import { expirePauses } from './domain/pauses/expire.ts'
import { createRemover, type Removing } from './domain/retention/remove-old.ts'
import { advanceRotations } from './domain/rotations/advance.ts'
import { removeOldLogins } from './domain/sessions/keep.ts'
import type { OutsideWitness } from './domain/witnesses/outside.ts'

/** Its name, how often, ms, and what it does. */
type Duty = [string, number, () => Promise<unknown>]

interface Beside {
  exportMaker: Pick<ExportMaker, 'work'>
  outside: Pick<OutsideWitness, 'work'> | undefined
  removed: Removing['removed']
}

/** @returns what ends them, as they stand */
export function startDuties(
  core: Core,
  broker: Pick<Broker, 'expireLeases'>,
  { exportMaker, outside, removed }: Beside,
): () => void {
  const { clock, log } = core
  const holds = createHolds(core)
  const remover = createRemover({ ...core, removed })
  const duties: Duty[] = [
    ['expire leases', 1_000, () => broker.expireLeases()],
    ['record leases', recordLeasesEveryMs, () => recordLeases(core)],
    ['refresh enrolled keys', 1_000, () => core.enrolledKeys.refresh()],
    ['advance approvals', 1_000, () => advanceApprovals(core)],
    ['release held calls', 1_000, () => releaseHeld(core)],
    ['expire pauses', 1_000, () => expirePauses(core)],
    ['expire queued calls', 1_000, () => expireQueued(core, holds)],
    ['sweep orphans', 1_000, () => sweepOrphans(core)],
    ['find waiting calls', 2_000, () => core.dispatcher.findWaiting()],
    ['make exports', 1_000, () => exportMaker.work()],
    ['ask witnesses', 1_000, () => core.witnesses.work()],
    ...(outside === undefined ? [] : [['ask the witness outside', 1_000, () => outside.work()] satisfies Duty]),
    ['record refusals', 1_000, () => core.refusals.record()],
    ['miss agents', 5_000, () => missAgents(core)],
    ['send digests', 15_000, () => sendDigests(core)],
    ['send reminders', 60_000, () => sendReminders(core)],
    ['remove old notices', 60_000, () => removeOldNotices(core)],
    ['remove old deliveries', 60_000, () => removeOldDeliveries(core)],
    ['encrypt anew', 60_000, createReencryption(core)],
    ['advance rotations', 250, () => advanceRotations(core)],
    ['retire grant keys', 1_000, () => retireGrantKeys(core)],
    ['remove old logins', 60_000, () => removeOldLogins(core)],
    ['record gauges', 60_000, () => recordGauges(core)],
    ['bury agents', 60_000, () => buryAgents(core)],
    ['remove what is old', 1_000, () => remover.work()],
  ]
  const timers = duties.map(([duty, ms, work]) => {
    const pulse: DutyPulse = { every_ms: ms, lastAt: null, tookMs: null, failures: 0 }
    core.pulse.duties.set(duty, pulse)
    return every(clock, ms, async () => {
      const began = clock.monotonic()
      const failed = await work().then(
        () => false,
        (error) => {
          log.error({ error, duty }, 'a duty failed')
          return true
        },
      )
      pulse.lastAt = clock.now()
      pulse.tookMs = Math.round(clock.monotonic() - began)
      pulse.failures = failed ? pulse.failures + 1 : 0
    })
  })
  return () => {
    for (const timer of timers) timer.cancel()
  }
}
