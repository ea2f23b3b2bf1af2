// The agents that are connected now, in memory: what they offer, whom they serve, how loaded they
// are. Postgres has the record. Submit and dispatch read this view without a round trip, and by
// workspace and tool: what a call costs does not grow with the fleet.
import type { Chance } from '@xerotier/runtime/chance.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { perProject } from '../per-project.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import { isPausedFor, type OnlineAgent, type Standing, type SubmittedCall } from './online-agent.ts'
import { createRefusedSessions, type RefusedSessions } from './refused-sessions.ts'
import type { Offer, ServedTool } from './served-tool.ts'
import { createServedWorkspace, type ServedWorkspace } from './served-workspace.ts'
import { createStops, type Stops } from './stops.ts'

type Call = SubmittedCall & Pick<ExecutionRow, 'project_id'>

export interface Fleet {
  join(agent: OnlineAgent): void
  /** Removes it if this very session is still the current one. */
  leave(agent: OnlineAgent): boolean
  /** Changes what the fleet finds an agent by, also before it has joined. */
  change(agent: OnlineAgent, changes: Partial<Standing>): void
  /** A call has left its place at the agent. */
  freed(agent: OnlineAgent): void
  /** The agent is given no calls for so long. */
  rest(agent: OnlineAgent, ms: number): void
  get(projectId: string, agentId: string): OnlineAgent | undefined
  /** Whether this very session is the current one. */
  holds(agent: OnlineAgent): boolean
  all(): OnlineAgent[]
  inProject(projectId: string): OnlineAgent[]
  /** The online agents of the project that offer the tool, whatever their pauses and bindings. */
  offering(projectId: string, tool: string): OnlineAgent[]
  /** What a tool is in a workspace: where its agents disagree, the strictest. */
  strictest(projectId: string, workspaceId: string, tool: string): Offer | undefined
  /** What pauses stop at any agent. */
  readonly stops: Stops
  /** Who gets no session. */
  readonly refused: RefusedSessions
  /** Whether some agent of the workspace takes calls of the tool, however busy. */
  takesCalls(projectId: string, workspaceId: string, tool: string): boolean
  /** Whether some agent, however busy or paused, would run exactly the tool that the row names. */
  offers(call: Call): boolean
  /** A lightly loaded agent that takes this call now, under exactly the tool that the row names. */
  choose(call: Call): OnlineAgent | undefined
  /** Whether a pause keeps this call from the agent. */
  isPaused(agent: OnlineAgent, call: Call): boolean
  /** For how many more calls of a workspace there is room. Counts no further than `atMost`. */
  room(projectId: string, workspaceId: string, atMost: number): number
}

export interface FleetView {
  /** The agents that hold a lease with this router now. */
  fleet: Fleet
}

/** What decides in which workspaces and groups an agent stands, unlike its lease and its rest. */
const placing = ['tools', 'bindings', 'paused', 'draining', 'unfit'] as const

export function createFleet(clock: Clock, chance: Chance): Fleet {
  const stops = createStops()
  const refused = createRefusedSessions()
  const projects = perProject(() => ({
    agents: new Map<string, OnlineAgent>(),
    workspaces: new Map<string, ServedWorkspace>(),
    /** The crowds in which an agent was met when it could take no call. */
    aside: new Map<OnlineAgent, Set<Crowd>>(),
  }))

  // A lease that is over counts at once, not when the session is ended for it.
  const holdsLease = (agent: OnlineAgent) => agent.leaseUntil > clock.monotonic()
  const isFree = (agent: OnlineAgent) =>
    agent.inFlight.size < agent.maxConcurrent && holdsLease(agent) && agent.restsUntil <= clock.monotonic()
  const makeCrowd = () => createCrowd({ chance, isFree, setAside })

  function setAside(crowd: Crowd, agent: OnlineAgent): void {
    const { aside } = projects.of(agent.projectId)
    const crowds = aside.get(agent)
    if (crowds === undefined) aside.set(agent, new Set([crowd]))
    else crowds.add(crowd)
  }

  function recall(agent: OnlineAgent): void {
    const { aside } = projects.of(agent.projectId)
    const crowds = aside.get(agent)
    if (crowds === undefined || !isFree(agent)) return
    aside.delete(agent)
    for (const crowd of crowds) crowd.recall(agent)
  }

  function workspaceOf(projectId: string, workspaceId: string): ServedWorkspace {
    const { workspaces } = projects.of(projectId)
    const known = workspaces.get(workspaceId)
    if (known !== undefined) return known
    const served = createServedWorkspace(workspaceId, { makeCrowd, holdsLease })
    workspaces.set(workspaceId, served)
    return served
  }

  /** Puts the agent where it belongs in each of these workspaces. */
  function place(agent: OnlineAgent, workspaceIds: Iterable<string>, gone: boolean): void {
    for (const workspaceId of workspaceIds) {
      const served = workspaceOf(agent.projectId, workspaceId)
      served.update(agent, gone)
      if (served.size === 0) projects.of(agent.projectId).workspaces.delete(workspaceId)
    }
  }

  function remove(agent: OnlineAgent): void {
    const { agents, aside } = projects.of(agent.projectId)
    agents.delete(agent.id)
    place(agent, agent.bindings.keys(), true)
    aside.delete(agent)
  }

  const inProject = (projectId: string) => [...projects.of(projectId).agents.values()].filter(holdsLease)
  const holds = (agent: OnlineAgent) => projects.of(agent.projectId).agents.get(agent.id) === agent
  const served = (projectId: string, workspaceId: string) => projects.of(projectId).workspaces.get(workspaceId)
  const servedTool = (projectId: string, workspaceId: string, tool: string): ServedTool | undefined =>
    served(projectId, workspaceId)?.tool(tool)
  const groupOf = (call: Call) => servedTool(call.project_id, call.workspace_id, call.tool)?.group(call)

  function change(agent: OnlineAgent, changes: Partial<Standing>): void {
    const before = agent.bindings
    Object.assign(agent, changes)
    if (!holds(agent)) return
    if (placing.some((key) => key in changes))
      place(agent, new Set([...before.keys(), ...agent.bindings.keys()]), false)
    recall(agent)
  }

  return {
    join(agent) {
      refused.forget(agent.id)
      const before = projects.of(agent.projectId).agents.get(agent.id)
      // Last among equals.
      if (before !== undefined) remove(before)
      projects.of(agent.projectId).agents.set(agent.id, agent)
      place(agent, agent.bindings.keys(), false)
    },
    leave(agent) {
      if (!holds(agent)) return false
      remove(agent)
      return true
    },
    change,
    freed: recall,
    rest(agent, ms) {
      const restsUntil = clock.monotonic() + ms
      change(agent, { restsUntil })
      clock.after(ms, () => {
        // A timer may come a little early: it is what ends the rest.
        if (agent.restsUntil === restsUntil) change(agent, { restsUntil: 0 })
      })
    },
    get: (projectId, agentId) => projects.of(projectId).agents.get(agentId),
    holds,
    all: () => [...projects.all()].flatMap(([, { agents }]) => [...agents.values()]),
    inProject,
    offering: (projectId, tool) => inProject(projectId).filter((agent) => agent.tools.has(tool)),
    strictest: (projectId, workspaceId, tool) => servedTool(projectId, workspaceId, tool)?.strictest(),
    stops,
    refused,
    takesCalls(projectId, workspaceId, tool) {
      if (stops.holds({ project_id: projectId, workspace_id: workspaceId, tool })) return false
      return servedTool(projectId, workspaceId, tool)?.takesCalls() ?? false
    },
    offers(call) {
      for (const agent of groupOf(call)?.offers.keys() ?? []) if (holdsLease(agent)) return true
      return false
    },
    choose: (call) => (stops.holds(call) ? undefined : groupOf(call)?.taking.choose()),
    isPaused: (agent, call) => isPausedFor(agent, call.workspace_id) || stops.holds(call),
    room(projectId, workspaceId, atMost) {
      if (stops.holdsAll(projectId, workspaceId)) return 0
      return served(projectId, workspaceId)?.taking.room(atMost) ?? 0
    },
  }
}
