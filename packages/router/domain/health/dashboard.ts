// One look at everything that a project stands on: what fails is a line of the answer, and never
// the end of it.
import type { HealthDashboard } from '@xerotier/protocol/api/dashboard.ts'
import { selectCheckpoint } from '../../store/audit-log.ts'
import { selectApprovalHealth, selectDatabaseHealth, selectQueueHealth } from '../../store/health.ts'
import type { Member } from '../actor.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { fleetHealth } from './fleet-health.ts'
import { problemsOf } from './problems.ts'
import type { Pulse } from './pulse.ts'

type Looking = Records & FleetView & { pulse: Pulse }

/** @throws what the database throws, when it does not answer for the project */
export async function healthDashboard(core: Looking, { projectId }: Member): Promise<HealthDashboard> {
  const { store, clock, pulse } = core
  const { db } = store
  const [database, queue, approvals, fleet, seal, disk, followers] = await Promise.all([
    databaseHealth(core),
    selectQueueHealth(db, projectId),
    selectApprovalHealth(db, projectId),
    fleetHealth(core, projectId),
    selectCheckpoint(db, projectId),
    pulse.disk(),
    Promise.all(
      pulse.followers.map(async (one) => ({
        name: one.name,
        seconds_behind: (await one.secondsBehind().catch(() => undefined)) ?? null,
      })),
    ),
  ])
  const looked: Omit<HealthDashboard, 'status' | 'problems'> = {
    object: 'health_dashboard',
    at: new Date(clock.now()).toISOString(),
    version: pulse.version,
    uptime_seconds: Math.round((clock.monotonic() - pulse.startedAt) / 1000),
    services: servicesOf(core, database),
    fleet,
    queue: { queued: queue?.queued ?? 0, oldest_queued_at: iso(queue?.oldest), ambiguous: queue?.ambiguous ?? 0 },
    approvals: {
      pending: approvals?.pending ?? 0,
      oldest_requested_at: iso(approvals?.oldest),
      next_expires_at: iso(approvals?.next),
    },
    database,
    disk: disk ?? null,
    duties: [...pulse.duties].map(([name, { every_ms, lastAt, tookMs, failures }]) => ({
      ...{ name, every_ms, took_ms: tookMs, failures },
      last_at: iso(lastAt === null ? null : new Date(lastAt)),
    })),
    followers,
    last_seal: seal === undefined ? null : { at: seal.at.toISOString(), size: seal.size },
  }
  const problems = problemsOf(looked, clock.now())
  const failing = looked.services.some(({ status }) => status === 'failing')
  return { ...looked, status: failing ? 'failing' : problems.length > 0 ? 'degraded' : 'ok', problems }
}

const iso = (at: Date | null | undefined) => at?.toISOString() ?? null

async function databaseHealth({ store, clock }: Looking): Promise<HealthDashboard['database']> {
  const began = clock.monotonic()
  const found = await selectDatabaseHealth(store.db).catch(() => undefined)
  if (found === undefined) return null
  return {
    server_version: found.version,
    latency_ms: Math.round((clock.monotonic() - began) * 10) / 10,
    size_bytes: found.size,
    connections: found.connections,
    oldest_transaction_seconds: found.oldest === null ? null : Math.max(0, Math.round(found.oldest * 10) / 10),
  }
}

function servicesOf({ pulse }: Looking, database: HealthDashboard['database']): HealthDashboard['services'] {
  const open = passes(() => pulse.checkDataPlane())
  const late = [...pulse.duties.values()].filter(({ failures }) => failures > 0).length
  return [
    {
      name: 'router',
      status: 'ok',
      detail: `version ${pulse.version}, ${late === 0 ? 'every duty done' : `${late} duties fail`}`,
    },
    { name: 'data_plane', status: open ? 'ok' : 'failing', detail: open ? 'listens for agents' : 'is closed' },
    {
      name: 'database',
      status: database === null ? 'failing' : 'ok',
      detail:
        database === null ? 'does not answer' : `PostgreSQL ${database.server_version}, ${database.latency_ms} ms`,
    },
    { name: 'event_log', status: database === null ? 'failing' : 'ok', detail: `${pulse.followers.length} followers` },
  ]
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}
