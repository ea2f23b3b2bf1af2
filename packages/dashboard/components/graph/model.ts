// Two topologies as one: what is now, and what was then, each thing once.
import type { Topology } from '@xerotier/protocol/api/topology.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Change } from '../../ui/graph/scene.ts'

type AgentThen = Topology['agents'][number]

interface Common {
  id: string
  name: string
  /** Against then; undefined where it is as it was, and where nobody compares. */
  change: Change | undefined
  isPaused: boolean
  /** Order in which things came to be: what is new stands last. */
  since: string
}
export interface WorkspaceNode extends Common {
  kind: 'workspace'
  type: string
}
export interface AgentNode extends Common {
  kind: 'agent'
  region: string
  health: AgentThen['health']
  /** What it was then, where that is another. */
  was: AgentThen['health'] | undefined
}
export interface ToolNode extends Common {
  kind: 'tool'
  risk: Risk
}
export interface ApproverNode extends Common {
  kind: 'approver'
  of: Topology['approvers'][number]['kind']
}
export type GraphNode = WorkspaceNode | AgentNode | ToolNode | ApproverNode

export interface Link {
  from: string
  to: string
  change: Change | undefined
}

export interface Model {
  /** By id. */
  nodes: ReadonlyMap<string, GraphNode>
  /** Approver to workspace, workspace to agent, agent to tool. */
  links: readonly Link[]
  isWhole: boolean
}

export const toolId = (name: string) => `tool ${name}`
export const regionId = (name: string) => `region ${name}`

interface Parts {
  nodes: Map<string, GraphNode>
  links: Map<string, Link>
  /** Of whom it is not known which tools they offered. */
  silent: Set<string>
}

export function modelOf(now: Topology, then: Topology | undefined): Model {
  const is = partsOf(now)
  if (then === undefined) return { nodes: is.nodes, links: [...is.links.values()], isWhole: now.is_whole }
  const was = partsOf(then)
  for (const [id, node] of is.nodes) {
    const before = was.nodes.get(id)
    // Where it is not on record what all offered then, a tool that nobody did may be old.
    if (before === undefined) node.change = node.kind === 'tool' && was.silent.size > 0 ? undefined : 'added'
    else if (changed(before, node)) {
      node.change = 'changed'
      if (node.kind === 'agent' && before.kind === 'agent' && before.health !== node.health) node.was = before.health
    }
  }
  for (const [id, node] of was.nodes) if (!is.nodes.has(id)) is.nodes.set(id, { ...node, change: 'gone' })
  for (const [key, link] of is.links) if (!was.links.has(key) && !was.silent.has(link.from)) link.change = 'added'
  for (const [key, link] of was.links) if (!is.links.has(key)) is.links.set(key, { ...link, change: 'gone' })
  return { nodes: is.nodes, links: [...is.links.values()], isWhole: now.is_whole && then.is_whole }
}

function changed(before: GraphNode, now: GraphNode): boolean {
  if (before.isPaused !== now.isPaused) return true
  if (before.kind === 'agent' && now.kind === 'agent') return isThere(before.health) !== isThere(now.health)
  return before.kind === 'tool' && now.kind === 'tool' && before.risk !== now.risk
}

/** The record of the past knows no more of the health of an agent. */
const isThere = (health: AgentThen['health']) => health !== 'offline' && health !== 'suspended' && health !== 'pending'

/** Calls go to it. */
export const takesCalls = (node: AgentNode) => node.health === 'healthy' || node.health === 'degraded'

function partsOf({ workspaces, agents, tools, approvers }: Topology): Parts {
  const nodes = new Map<string, GraphNode>()
  const links = new Map<string, Link>()
  const silent = new Set<string>()
  const link = (from: string, to: string) => links.set(`${from} ${to}`, { from, to, change: undefined })
  const approverIds = approvers.map(({ kind, name }) => `approver ${kind} ${name}`)
  approvers.forEach(({ kind, name }, at) => {
    const id = approverIds[at] ?? ''
    nodes.set(id, { kind: 'approver', id, name, of: kind, isPaused: false, since: name, change: undefined })
  })
  for (const { id, name, type, created_at, is_paused, approvers: asked } of workspaces) {
    nodes.set(id, { kind: 'workspace', id, name, type, isPaused: is_paused, since: created_at, change: undefined })
    for (const at of asked) link(approverIds[at] ?? '', id)
  }
  for (const { name, risk, is_paused } of tools) {
    const id = toolId(name)
    nodes.set(id, { kind: 'tool', id, name, risk, isPaused: is_paused, since: name, change: undefined })
  }
  for (const { id, name, region, health, is_paused, enrolled_at, ...its } of agents) {
    nodes.set(id, {
      ...{ kind: 'agent', id, name, region, health, isPaused: is_paused, since: enrolled_at },
      ...{ was: undefined, change: undefined },
    })
    for (const at of its.workspaces) link(workspaces[at]?.id ?? '', id)
    if (its.tools === null) silent.add(id)
    for (const at of its.tools ?? []) link(id, toolId(tools[at]?.name ?? ''))
  }
  return { nodes, links, silent }
}
