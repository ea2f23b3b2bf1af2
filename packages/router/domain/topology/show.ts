// What serves what, with whom, and who decides: now as the fleet knows it, or at a time as the
// records say.
import type { Topology } from '@xerotier/protocol/api/topology.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import type { Database } from '../../store/database.ts'
import {
  selectAgentsAt,
  selectBindingsAt,
  selectPausesAt,
  selectPoliciesAt,
  selectPresenceAt,
  selectRecordsBegin,
  selectToolsOf,
  selectWorkspacesAt,
} from '../../store/topology.ts'
import type { Member } from '../actor.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type AgentHealth, healthOf } from '../fleet/health.ts'
import type { Records } from '../records.ts'
import { type Approver, approversOf } from './approvers.ts'
import { type Places, places } from './places.ts'

type AgentRow = Awaited<ReturnType<typeof selectAgentsAt>>[number]
type Agent = Topology['agents'][number]
interface Tool {
  name: string
  risk: Risk
}

/** A key that is held to workspaces sees those, and the agents that serve them. */
export async function showTopology(
  core: Records & FleetView,
  actor: Member,
  asked: string | undefined,
): Promise<Topology> {
  const { db } = core.store
  const { projectId } = actor
  const now = core.clock.now()
  const wanted = asked === undefined ? now : Date.parse(asked)
  const isPast = wanted < now
  const moment = { projectId, at: new Date(Math.min(wanted, now)) }
  const only = actor.kind === 'agent' ? undefined : (actor.workspaces ?? undefined)
  const most = limits.topologyNodes
  const [begins, workspaces, enrolled, bindings, pauses, policies] = await Promise.all([
    selectRecordsBegin(db, projectId),
    selectWorkspacesAt(db, moment, { only, limit: most + 1 }),
    selectAgentsAt(db, moment, most + 1),
    selectBindingsAt(db, moment, limits.topologyEdges + 1),
    selectPausesAt(db, moment, most),
    selectPoliciesAt(db, moment),
  ])
  const placeOf = new Map(workspaces.slice(0, most).map(({ id }, place) => [id, place]))
  const served = new Map<string, number[]>()
  for (const { workspace_id, agent_id } of bindings) {
    const place = placeOf.get(workspace_id)
    if (place === undefined) continue
    const mine = served.get(agent_id)
    if (mine === undefined) served.set(agent_id, [place])
    else mine.push(place)
  }
  const agents = enrolled.slice(0, most).filter(({ id }) => only === undefined || served.has(id))
  const known = isPast ? agents.filter(({ manifest_accepted_at: at }) => at === null || at <= moment.at) : agents
  const offered = await toolsOf(core, db, known)
  const presence = isPast
    ? await selectPresenceAt(
        db,
        agents.map(({ id }) => id),
        moment.at,
      )
    : undefined
  const pausedAgents = new Set(
    pauses.flatMap(({ agent_id, workspace_id }) => (workspace_id === null ? [agent_id] : [])),
  )
  const wide = pauses.filter(({ agent_id }) => agent_id === null)
  const isAllPaused = wide.some(({ workspace_id, tool }) => workspace_id === null && tool === null)
  const pausedTools = new Set(wide.flatMap(({ workspace_id, tool }) => (workspace_id === null ? [tool] : [])))
  const pausedWorkspaces = new Set(wide.flatMap(({ workspace_id, tool }) => (tool === null ? [workspace_id] : [])))
  const documents = new Map(policies.map((one) => [one.workspace_id, policyDocumentSchema.parse(one.document)]))
  const tools = places(({ name }: Tool) => name)
  const approvers = places(({ kind, name }: Approver) => `${kind} ${name}`)
  let edges = bindings.length
  const shown = agents.map(({ id, name, region, enrolled_at, ...row }): Agent => {
    const its = offered.get(id)
    edges += its?.length ?? 0
    return {
      ...{ id, name, region, enrolled_at: enrolled_at.toISOString() },
      health:
        presence === undefined
          ? healthOf(core, { id, ...row }, pausedAgents.has(id))
          : healthThen(presence.get(id), pausedAgents.has(id)),
      is_paused: pausedAgents.has(id),
      workspaces: served.get(id) ?? [],
      tools: its === undefined || edges > limits.topologyEdges ? null : its.map((tool) => placeOfTool(tools, tool)),
    }
  })
  return {
    object: 'topology',
    at: moment.at.toISOString(),
    begins_at: begins.toISOString(),
    is_whole:
      workspaces.length <= most && enrolled.length <= most && edges <= limits.topologyEdges && tools.all.length <= most,
    workspaces: workspaces.slice(0, most).map(({ id, name, type, created_at }) => ({
      ...{ id, name, type, created_at: created_at.toISOString() },
      is_paused: isAllPaused || pausedWorkspaces.has(id),
      approvers: approversOf(documents.get(id) ?? documents.get(null)).map(approvers.of),
    })),
    agents: shown,
    tools: tools.all.map(({ name, risk }) => ({ name, risk, is_paused: pausedTools.has(name) })),
    approvers: approvers.all,
  }
}

/** Agents may disagree on the risk of a tool: the worst counts. */
function placeOfTool(tools: Places<Tool>, tool: Tool): number {
  const place = tools.of(tool)
  const before = tools.all[place]
  if (before !== undefined && risks.indexOf(tool.risk) > risks.indexOf(before.risk)) tools.all[place] = { ...tool }
  return place
}

/** What is connected says it itself; of the others the record has what they published last. */
async function toolsOf({ fleet }: FleetView, db: Database, agents: readonly AgentRow[]): Promise<Map<string, Tool[]>> {
  const all = new Map<string, Tool[]>()
  const away: string[] = []
  for (const { id, project_id } of agents) {
    const online = fleet.get(project_id, id)
    if (online === undefined) away.push(id)
    all.set(id, online === undefined ? [] : online.manifest.tools.map(({ name, risk }) => ({ name, risk })))
  }
  const rows = away.length === 0 ? [] : await selectToolsOf(db, away)
  for (const { agent_id, name, risk } of rows) all.get(agent_id)?.push({ name, risk })
  return all
}

const thenHealths: Partial<Record<EventKind, AgentHealth>> = {
  'agent.online': 'healthy',
  'agent.draining': 'draining',
  'agent.offline': 'offline',
  'agent.credentials_revoked': 'suspended',
}

function healthThen(kind: EventKind | undefined, isPaused: boolean): AgentHealth {
  const health = (kind && thenHealths[kind]) ?? 'pending'
  return health === 'healthy' && isPaused ? 'paused' : health
}
