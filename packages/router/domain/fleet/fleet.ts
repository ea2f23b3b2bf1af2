// The agents that are connected now, in memory: what they offer, whom they serve, how loaded they
// are. Postgres has the record. Submit and dispatch read this view without a round trip.
import { credentialsRefOf } from '@xerotier/protocol/credentials-ref.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { Binding, Manifest, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { perProject } from '../per-project.ts'
import type { KnownRisks } from './known-risks.ts'

export interface OnlineAgent {
  readonly id: string
  readonly name: string
  readonly projectId: string
  readonly leaseEpoch: number
  readonly journalId: string
  readonly maxConcurrent: number
  manifest: Manifest
  /**
   * What it publishes now and the router does not take: why, and when that was looked
   * at, by the monotonic clock.
   */
  refusedManifest?: { hash: string; version: number; fault: string; at: number } | undefined
  /** Of `manifest`, without those that are held. */
  tools: Map<string, ToolDescriptor>
  knownRisks: KnownRisks
  /** By workspace id. */
  bindings: Map<string, Binding>
  /** Workspace ids, and null for all. */
  paused: Set<string | null>
  draining: boolean
  /** Its session is about to end, as it wished. */
  saidGoodbye?: boolean
  /** Why its host lets it run nothing, as it says. */
  unfit?: string | undefined
  /** Whether the record says so. */
  drainRecorded?: boolean
  /** Calls given to it and not yet settled. */
  inFlight: Set<string>
  /** Ids of the calls that it named in its last renewal, and when that came (monotonic). */
  reported: Set<string>
  reportedAt: number
  /** By the monotonic clock. */
  leaseUntil: number
  /** It refused a call for now: it is given none before this (monotonic). */
  restsUntil: number
  lastHeartbeatAt: number
  /** How far its clock is ahead of ours; undefined while it has not said. */
  clockOffsetMs?: number | undefined
  /**
   * Reads the record and applies it, one after the other: an old view must not come over a newer
   * one.
   */
  inTurn(work: (agent: OnlineAgent) => Promise<void>): Promise<void>
  /** Queues a frame on its connection. */
  send(frame: RouterFrame): void
  /** Drops its session: it must say hello again, or (with `reenroll`) enroll anew. */
  drop(reason: string, reenroll: boolean): void
}

export interface Fleet {
  join(agent: OnlineAgent): void
  /** Removes it if this very session is still the current one. */
  leave(agent: OnlineAgent): boolean
  get(projectId: string, agentId: string): OnlineAgent | undefined
  /** Whether this very session is the current one. */
  holds(agent: OnlineAgent): boolean
  all(): OnlineAgent[]
  inProject(projectId: string): OnlineAgent[]
  /** Whether some online agent of the project offers the tool, whatever its pauses and bindings. */
  offering(projectId: string, tool: string): OnlineAgent[]
  /** The least loaded agent that takes this call now, under exactly the tool that the row names. */
  choose(call: SubmittedCall & Pick<ExecutionRow, 'project_id'>): OnlineAgent | undefined
}

export interface FleetView {
  /** The agents that hold a lease with this router now. */
  fleet: Fleet
}

/** For `OnlineAgent.inTurn`. */
export function turns(agent: () => OnlineAgent): OnlineAgent['inTurn'] {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    last = last.catch(() => {}).then(() => work(agent()))
    return last
  }
}

/** Whether an agent takes new calls of a workspace. */
export function takes(agent: OnlineAgent, workspaceId: string): boolean {
  return (
    !agent.draining &&
    agent.unfit === undefined &&
    agent.bindings.has(workspaceId) &&
    !agent.paused.has(null) &&
    !agent.paused.has(workspaceId)
  )
}

export function createFleet(clock: Clock): Fleet {
  const projects = perProject(() => new Map<string, OnlineAgent>())
  // A lease that is over counts at once, not when the session is ended for it.
  const holdsLease = (agent: OnlineAgent) => agent.leaseUntil > clock.monotonic()
  const rests = (agent: OnlineAgent) => agent.restsUntil > clock.monotonic()
  const inProject = (projectId: string) => [...projects.of(projectId).values()].filter(holdsLease)
  const holds = (agent: OnlineAgent) => projects.of(agent.projectId).get(agent.id) === agent
  return {
    join(agent) {
      const agents = projects.of(agent.projectId)
      // Last among equals.
      agents.delete(agent.id)
      agents.set(agent.id, agent)
    },
    leave: (agent) => holds(agent) && projects.of(agent.projectId).delete(agent.id),
    get: (projectId, agentId) => projects.of(projectId).get(agentId),
    holds,
    all: () => [...projects.all()].flatMap(([, agents]) => [...agents.values()]),
    inProject,
    offering: (projectId, tool) => inProject(projectId).filter((agent) => agent.tools.has(tool)),
    choose(call) {
      let best: OnlineAgent | undefined
      let bestLoad = 1
      for (const agent of projects.of(call.project_id).values()) {
        const load = agent.inFlight.size / agent.maxConcurrent
        if (load >= bestLoad || !takes(agent, call.workspace_id) || !holdsLease(agent) || rests(agent)) continue
        if (!runsAsSubmitted(agent, call)) continue
        best = agent
        bestLoad = load
      }
      return best
    },
  }
}

/** What decides whether an agent would run exactly what was submitted. */
export type SubmittedCall = Pick<
  ExecutionRow,
  'workspace_id' | 'tool' | 'schema_digest' | 'risk' | 'at_most_once' | 'credentials_ref'
>

/**
 * Whether what the agent offers the workspace is what was submitted. While a bundle is rolled out,
 * agents may disagree on how often a `write` tool may run. The record says once or not, and an
 * agent of the other opinion must not get the call (law L2).
 */
export function runsAsSubmitted(agent: OnlineAgent, call: SubmittedCall): boolean {
  const tool = agent.tools.get(call.tool)
  const binding = agent.bindings.get(call.workspace_id)
  return (
    tool !== undefined &&
    binding !== undefined &&
    tool.schema_digest === call.schema_digest &&
    tool.risk === call.risk &&
    runsAtMostOnce(tool.risk, tool.idempotent) === call.at_most_once &&
    credentialsRefOf(tool, binding) === call.credentials_ref
  )
}
