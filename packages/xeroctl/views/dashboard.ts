import type { HealthDashboard } from '@xerotier/protocol/api/dashboard.ts'
import { duration, milliseconds } from '@xerotier/protocol/duration.ts'
import type { Cell } from '../output/cell.ts'
import { rows } from '../output/detail.ts'
import type { RecordView } from '../output/view.ts'

type Service = HealthDashboard['services'][number]
type Ailing = HealthDashboard['fleet']['ailing'][number]
type Duty = HealthDashboard['duties'][number]
type Follower = HealthDashboard['followers'][number]

export const dashboardRecord: RecordView<HealthDashboard> = {
  name: ({ status }) => status,
  detail: (looked) => ({
    fields: fieldsOf(looked),
    sections: [
      ...(looked.problems.length === 0 ? [] : [{ title: 'Problems', body: looked.problems.join('\n') }]),
      { title: 'Services', body: rows(serviceColumns, looked.services) },
      ...(looked.fleet.ailing.length === 0
        ? []
        : [{ title: 'Agents that are not healthy', body: rows(ailingColumns, looked.fleet.ailing) }]),
      { title: 'Followers', body: rows(followerColumns, looked.followers) },
      { title: 'Duties', body: rows(dutyColumns, looked.duties) },
    ],
  }),
}

function fieldsOf(looked: HealthDashboard): (readonly [string, Cell])[] {
  const { status, version, uptime_seconds, fleet, queue, approvals, database, disk, last_seal: seal } = looked
  const health = Object.entries(fleet.by_health).map(([word, count]) => `${count} ${word}`)
  return [
    ['Status', { word: status === 'ok' ? 'healthy' : status === 'degraded' ? 'degraded' : 'failed', text: status }],
    ['Router', `version ${version}, up for ${duration(uptime_seconds)}`],
    [
      'Fleet',
      `${fleet.agents} ${fleet.agents === 1 ? 'agent' : 'agents'}${health.length === 0 ? '' : `: ${health.join(', ')}`}`,
    ],
    ['In flight', `${fleet.in_flight} of ${fleet.capacity}`],
    ['Queued', queue.queued],
    ['Oldest queued', { time: queue.oldest_queued_at }],
    ['Ambiguous', queue.ambiguous],
    ['Approvals', `${approvals.pending} pending`],
    ['Oldest asked', { time: approvals.oldest_requested_at }],
    ['Next expires', { due: approvals.next_expires_at }],
    [
      'Database',
      database === null ? 'does not answer' : `${size(database.size_bytes)}, ${database.connections} connections`,
    ],
    ['Disk', disk === null ? null : `${size(disk.free_bytes)} free of ${size(disk.size_bytes)}`],
    ['Last seal', seal === null ? null : `${seal.at}, ${seal.size} records`],
  ]
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

function size(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

const serviceColumns = [
  { header: 'SERVICE', value: (service: Service) => service.name.replace('_', ' ') },
  {
    header: 'STATUS',
    value: ({ status }: Service) => ({ word: status === 'ok' ? 'healthy' : 'failed', text: status }),
  },
  { header: 'DETAIL', value: (service: Service) => service.detail, shrink: true },
]

const ailingColumns = [
  { header: 'AGENT', value: (agent: Ailing) => agent.name },
  { header: 'HEALTH', value: (agent: Ailing) => ({ word: agent.health }) },
  { header: 'HEARTBEAT', value: (agent: Ailing) => ({ time: agent.last_heartbeat_at }) },
  { header: 'REASON', value: (agent: Ailing) => agent.reason, shrink: true },
]

const followerColumns = [
  { header: 'FOLLOWER', value: (follower: Follower) => follower.name },
  {
    header: 'BEHIND',
    value: ({ seconds_behind: seconds }: Follower) => (seconds === null ? null : `${seconds.toFixed(1)} s`),
    right: true,
  },
]

const dutyColumns = [
  { header: 'DUTY', value: (duty: Duty) => duty.name },
  { header: 'EVERY', value: (duty: Duty) => milliseconds(duty.every_ms), right: true },
  { header: 'LAST', value: (duty: Duty) => ({ time: duty.last_at }) },
  {
    header: 'TOOK',
    value: ({ took_ms: ms }: Duty) => (ms === null ? null : milliseconds(ms)),
    right: true,
    dropOrder: 1,
  },
  { header: 'FAILURES', value: (duty: Duty) => duty.failures, right: true },
]
