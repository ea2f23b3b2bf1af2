import type { Agent, AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { type NamedPauseRow, selectAgentPauses } from '../../store/pauses.ts'
import type { AgentRow } from '../../store/tables.ts'
import { selectBindings } from '../../store/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { healthOf } from '../fleet/health.ts'
import { loweredIn } from '../fleet/known-risks.ts'
import { presentPaused } from '../fleet/pauses.ts'
import { shortfallOf } from '../fleet/shortfall.ts'
import type { Records } from '../records.ts'

/** An agent's row without its manifest, which may be large. */
export type AgentSummaryRow = Omit<AgentRow, 'manifest'> & { tool_count: number }

export function presentAgent(
  core: Pick<Records, 'clock'> & FleetView,
  row: AgentSummaryRow,
  pauses: NamedPauseRow[],
): Agent {
  const mine = pauses.filter((pause) => pause.agent_id === row.id)
  const online = core.fleet.get(row.project_id, row.id)
  return {
    id: row.id,
    object: 'agent',
    name: row.name,
    role: row.role,
    region: row.region,
    description: row.description,
    state: row.state,
    health: healthOf(
      core,
      row,
      mine.some((pause) => pause.workspace_id === null),
    ),
    unhealthy_reason: (online === undefined ? core.fleet.refused.why(row.id) : online.unfit) ?? null,
    degraded_reason: (online && shortfallOf(online)) ?? null,
    hostname: row.hostname,
    version: row.version,
    wire_version: row.wire_version,
    max_concurrent_executions: row.max_concurrent_executions,
    in_flight: online?.inFlight.size ?? 0,
    tool_count: online?.tools.size ?? row.tool_count,
    paused: mine.map(presentPaused),
    enrolled_at: row.enrolled_at.toISOString(),
    curve_key_since: row.curve_key_since?.toISOString() ?? null,
    signing_key_since: row.signing_key_since?.toISOString() ?? null,
    connected_at: row.connected_at?.toISOString() ?? null,
    last_heartbeat_at: latest(row.last_heartbeat_at, online?.lastHeartbeatAt),
    lease_epoch: row.lease_epoch,
    lease_expires_at: latest(row.lease_expires_at, online && wallTime(core.clock, online.leaseUntil)),
    clock_offset_ms: online?.clockOffsetMs ?? null,
    manifest_version: row.manifest_version,
    manifest_hash: row.manifest_hash,
  }
}

/** One agent as its row says, with its pauses. */
export async function presentAgentRow(core: Records & FleetView, row: AgentRow): Promise<Agent> {
  return presentAgent(core, summaryOf(row), await selectAgentPauses(core.store.db, [row.id]))
}

export async function presentAgentDetail(core: Records & FleetView, row: AgentRow): Promise<AgentDetail> {
  const bindings = await selectBindings(core.store.db, [row.id])
  return {
    ...(await presentAgentRow(core, row)),
    manifest_accepted_at: row.manifest_accepted_at?.toISOString() ?? null,
    tools: row.manifest?.tools ?? [],
    bundles: row.manifest?.bundles ?? [],
    held: loweredIn(row.known_risks ?? {}, row.manifest?.tools ?? []),
    workspaces: bindings.map((binding) => ({
      id: binding.workspace_id,
      name: binding.workspace,
      credentials_ref: binding.credentials_ref,
    })),
  }
}

export function summaryOf({ manifest, ...row }: AgentRow): AgentSummaryRow {
  return { ...row, tool_count: manifest?.tools.length ?? 0 }
}

/** The fleet is ahead of the row, which is not written at every heartbeat. */
function latest(row: Date | null, online: number | undefined): string | null {
  const time = Math.max(row?.getTime() ?? 0, online ?? 0)
  return time === 0 ? null : new Date(time).toISOString()
}

/** What the wall clock shows, or showed, at a moment of the monotonic one. */
function wallTime(clock: Clock, moment: number): number {
  return clock.now() + moment - clock.monotonic()
}
