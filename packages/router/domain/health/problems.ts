// What of the figures needs a look, in sentences.
import type { HealthDashboard } from '@xerotier/protocol/api/dashboard.ts'

type Looked = Omit<HealthDashboard, 'status' | 'problems'>

/** From here on somebody should look. */
const bounds = {
  queuedSeconds: 60,
  approvalLeftSeconds: 60,
  transactionSeconds: 60,
  latencyMs: 250,
  diskFreeShare: 0.1,
  followerSeconds: 30,
  /** A duty that has not run for this many of its times. */
  dutyTimes: 10,
}

/** The worst first. @param now ms */
export function problemsOf(looked: Looked, now: number): string[] {
  const { services, fleet, queue, approvals, database, disk, duties, followers } = looked
  const age = (at: string | null) => (at === null ? 0 : (now - Date.parse(at)) / 1000)
  const found: (string | false | undefined)[] = [
    ...services.filter(({ status }) => status === 'failing').map(({ name, detail }) => `${name} ${detail}.`),
    disk !== null &&
      disk.free_bytes < disk.size_bytes * bounds.diskFreeShare &&
      `The disk of the state folder has ${Math.round((100 * disk.free_bytes) / disk.size_bytes)} % left.`,
    queue.ambiguous > 0 && `${queue.ambiguous} calls are ambiguous and wait for somebody to resolve them.`,
    age(queue.oldest_queued_at) > bounds.queuedSeconds &&
      `${queue.queued} calls are queued, the oldest for ${Math.round(age(queue.oldest_queued_at))} s.`,
    approvals.next_expires_at !== null &&
      -age(approvals.next_expires_at) < bounds.approvalLeftSeconds &&
      `An approval expires within ${bounds.approvalLeftSeconds} s.`,
    ...fleet.ailing.map(({ name, health, reason }) => `${name} is ${health}${reason === null ? '' : `: ${reason}`}.`),
    database !== null &&
      database.latency_ms > bounds.latencyMs &&
      `The database answers after ${database.latency_ms} ms.`,
    database !== null &&
      (database.oldest_transaction_seconds ?? 0) > bounds.transactionSeconds &&
      `A transaction has been open for ${database.oldest_transaction_seconds} s, and holds events back.`,
    ...followers
      .filter(({ seconds_behind }) => (seconds_behind ?? 0) > bounds.followerSeconds)
      .map(({ name, seconds_behind }) => `The follower ${name} is ${Math.round(seconds_behind ?? 0)} s behind.`),
    ...duties.flatMap(({ name, every_ms, last_at, failures }) => [
      failures > 0 && `The duty "${name}" has failed ${failures} times in a row.`,
      last_at !== null &&
        age(last_at) * 1000 > every_ms * bounds.dutyTimes &&
        `The duty "${name}" has not run since ${last_at}.`,
    ]),
  ]
  return found.filter((one) => typeof one === 'string')
}
