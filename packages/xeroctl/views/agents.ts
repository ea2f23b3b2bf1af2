import type { Agent, AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { duration } from '@xerotier/protocol/duration.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cell } from '../output/cell.ts'
import { rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'

type WordCell = Extract<Cell, { word: string }>
export type Pause = Agent['paused'][number]

export const agentView: View<Agent> = {
  name: (agent) => agent.name,
  columns: [
    { header: 'ID', value: (agent) => agent.id, dropOrder: 1 },
    { header: 'NAME', value: (agent) => agent.name },
    { header: 'STATUS', value: statusAndClock },
    { header: 'ROLE', value: (agent) => agent.role, wide: true },
    { header: 'REGION', value: (agent) => agent.region, dropOrder: 2 },
    { header: 'TOOLS', value: (agent) => agent.tool_count, right: true, dropOrder: 3 },
    {
      header: 'RUNNING',
      value: (agent) => `${agent.in_flight}/${agent.max_concurrent_executions}`,
      right: true,
      dropOrder: 4,
    },
    { header: 'HEARTBEAT', value: (agent) => ({ time: agent.last_heartbeat_at }), dropOrder: 5 },
    { header: 'HOST', value: (agent) => agent.hostname, wide: true },
    { header: 'VERSION', value: (agent) => agent.version, wide: true },
    { header: 'WIRE', value: (agent) => agent.wire_version, wide: true, right: true },
    { header: 'MANIFEST', value: (agent) => agent.manifest_version, wide: true, right: true },
    { header: 'ENROLLED', value: (agent) => ({ time: agent.enrolled_at }), wide: true },
    { header: 'KEYS SINCE', value: keysSince, wide: true },
  ],
}

/** Of the older of its two keys. */
function keysSince({ curve_key_since: curve, signing_key_since: signing }: Agent): Cell {
  if (curve === null || signing === null) return 'unknown'
  return { time: curve < signing ? curve : signing }
}

/** After a change: what changed, without the tools. */
export const agentRecord: RecordView<Agent> = { name: agentView.name, detail: (agent) => ({ fields: fieldsOf(agent) }) }

export const agentDetail: RecordView<AgentDetail> = {
  name: agentView.name,
  detail: (agent) => ({
    fields: [...fieldsOf(agent), ['Manifest accepted', { time: agent.manifest_accepted_at }]],
    sections: [
      ...(agent.paused.length === 0 ? [] : [{ title: 'Paused', body: rows(pauseColumns, agent.paused) }]),
      { title: 'Workspaces', body: rows(workspaceColumns, agent.workspaces) },
      { title: 'Tools', body: rows(toolColumns, agent.tools) },
      ...(agent.held.length === 0 ? [] : [{ title: 'Held', body: rows(heldColumns, agent.held) }]),
      { title: 'Bundles', body: rows(bundleColumns, agent.bundles) },
      ...(leftOut(agent).length === 0 ? [] : [{ title: 'Left out', body: rows(leftOutColumns, leftOut(agent)) }]),
    ],
  }),
}

/** Its health, and what of its work is paused: an offline agent that comes back is paused still. */
export function statusOf({ health, paused }: { health: string; paused: Pause[] }): WordCell {
  if (paused.length === 0) return { word: health }
  const wholly = paused.some((pause) => pause.workspace_id === null)
  const names = paused.map((pause) => pause.workspace).join(', ')
  const where = wholly ? '' : paused.length > mostNamed ? ` in ${paused.length} workspaces` : ` in ${names}`
  const works = ['healthy', 'degraded', 'paused'].includes(health)
  // `paused` stands in place of what it is while it works.
  return { word: works ? 'paused' : health, text: `${health === 'paused' ? 'healthy' : health}, paused${where}` }
}

/** With what a list has no field for: that it offers less than it was given, or a clock far off. */
function statusAndClock(agent: Agent): Cell {
  const { word, text: state = word } = statusOf(agent)
  // Its health says so while nothing worse does.
  const isSaid = agent.degraded_reason === null || agent.health === 'degraded'
  const isRefused = isAway(agent) && agent.unhealthy_reason !== null
  const text = `${state}${isRefused ? ', refused' : ''}${isSaid ? '' : ', degraded'}`
  const ms = agent.clock_offset_ms ?? 0
  if (Math.abs(ms) < limits.clockOffsetWarningMs) return { word, text }
  return { word, text: `${text}, clock ${duration(Math.abs(ms) / 1000)} ${ms > 0 ? 'ahead' : 'behind'}` }
}

const isAway = ({ health }: Agent) => health === 'offline' || health === 'pending'

/** Below this a difference is the way of a message and no clock, ms. */
const rightMs = 1_000

function clockOf({ clock_offset_ms: ms }: Pick<Agent, 'clock_offset_ms'>): string | null {
  if (ms === null) return null
  if (Math.abs(ms) < rightMs) return "as the router's"
  return `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} the router's`
}

/** Workspaces in a table's cell; the agent's page lists them all. */
const mostNamed = 2

function fieldsOf(agent: Agent) {
  return [
    ['Id', agent.id],
    ['Name', agent.name],
    ['Status', statusOf(agent)],
    ...(agent.unhealthy_reason === null
      ? []
      : [[isAway(agent) ? 'No session' : 'Unhealthy', agent.unhealthy_reason] as const]),
    ...(agent.degraded_reason === null ? [] : [['Degraded', agent.degraded_reason] as const]),
    ['State', agent.state],
    ['Role', agent.role],
    ['Region', agent.region],
    ['Description', agent.description],
    ['Host', agent.hostname],
    ['Version', agent.version],
    ['Wire', agent.wire_version === null ? null : `version ${agent.wire_version}`],
    ['Running', `${agent.in_flight} of at most ${agent.max_concurrent_executions}`],
    ['Last heartbeat', { time: agent.last_heartbeat_at }],
    ['Connected', { time: agent.connected_at }],
    ['Lease expires', { due: agent.lease_expires_at }],
    ['Clock', clockOf(agent)],
    ['Enrolled', { time: agent.enrolled_at }],
    ['Encrypts by its key since', agent.curve_key_since === null ? 'unknown' : { time: agent.curve_key_since }],
    ['Signs by its key since', agent.signing_key_since === null ? 'unknown' : { time: agent.signing_key_since }],
    [
      'Manifest',
      agent.manifest_version === null ? null : `version ${agent.manifest_version}, ${agent.manifest_hash ?? ''}`,
    ],
  ] as const
}

export const pauseColumns = [
  { header: 'WORKSPACE', value: (pause: Pause) => pause.workspace ?? 'all' },
  { header: 'SINCE', value: (pause: Pause) => ({ time: pause.paused_at }), dropOrder: 3 },
  { header: 'BY', value: (pause: Pause) => pause.paused_by_name ?? pause.paused_by, dropOrder: 4 },
  { header: 'UNTIL', value: (pause: Pause) => (pause.ends_at ? { due: pause.ends_at } : null), dropOrder: 1 },
  { header: 'INCIDENT', value: (pause: Pause) => pause.incident, dropOrder: 2 },
  { header: 'REASON', value: (pause: Pause) => pause.reason, shrink: true },
]

const workspaceColumns = [
  { header: 'ID', value: (workspace: AgentDetail['workspaces'][number]) => workspace.id, dropOrder: 1 },
  { header: 'NAME', value: (workspace: AgentDetail['workspaces'][number]) => workspace.name },
  { header: 'CREDENTIALS', value: (workspace: AgentDetail['workspaces'][number]) => workspace.credentials_ref },
]

const toolColumns = [
  { header: 'NAME', value: (tool: AgentDetail['tools'][number]) => tool.name },
  { header: 'RISK', value: (tool: AgentDetail['tools'][number]) => ({ word: tool.risk }) },
  {
    header: 'BUNDLE',
    value: (tool: AgentDetail['tools'][number]) => `${tool.bundle} ${tool.bundle_version}`,
    dropOrder: 1,
  },
  { header: 'DESCRIPTION', value: (tool: AgentDetail['tools'][number]) => tool.description, shrink: true },
]

interface LeftOut {
  bundle: string
  name: string
  reason: string
}

/**
 * Tools that are not offered. Of a bundle that did not load at all, the bundle's own reason says
 * it.
 */
function leftOut({ bundles }: AgentDetail): LeftOut[] {
  return bundles.flatMap(({ name: bundle, left_out }) => left_out.map((tool) => ({ bundle, ...tool })))
}

/** They wait for `agents accept-risk`. */
const heldColumns = [
  { header: 'TOOL', value: (held: AgentDetail['held'][number]) => held.tool },
  { header: 'KNOWN AS', value: (held: AgentDetail['held'][number]) => ({ word: held.from }) },
  { header: 'NOW CALLED', value: (held: AgentDetail['held'][number]) => ({ word: held.to }) },
]

const leftOutColumns = [
  { header: 'TOOL', value: (tool: LeftOut) => tool.name },
  { header: 'BUNDLE', value: (tool: LeftOut) => tool.bundle },
  { header: 'WHY NOT', value: (tool: LeftOut) => tool.reason, shrink: true },
]

const bundleColumns = [
  { header: 'NAME', value: (bundle: AgentDetail['bundles'][number]) => bundle.name },
  { header: 'VERSION', value: (bundle: AgentDetail['bundles'][number]) => bundle.version },
  { header: 'LOADED', value: (bundle: AgentDetail['bundles'][number]) => bundle.error === null },
  { header: 'WHY NOT', value: (bundle: AgentDetail['bundles'][number]) => bundle.error, shrink: true },
]
