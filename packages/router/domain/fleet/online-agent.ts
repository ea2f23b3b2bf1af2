// An agent that is connected now: what it offers, whom it serves, how loaded it is.
import { credentialsRefOf } from '@xerotier/protocol/credentials-ref.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { Binding, Manifest, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { KnownRisks } from './known-risks.ts'

/** What the fleet finds agents by. It changes through `Fleet.change` alone. */
export interface Standing {
  /** Of the manifest, without those that are held. */
  tools: ReadonlyMap<string, ToolDescriptor>
  /** By workspace id. */
  bindings: ReadonlyMap<string, Binding>
  /** Workspace ids, and null for all. */
  paused: ReadonlySet<string | null>
  draining: boolean
  /** Why its host lets it run nothing, as it says. */
  unfit?: string | undefined
  /** By the monotonic clock. */
  leaseUntil: number
  /** It refused a call for now: it is given none before this (monotonic). */
  restsUntil: number
}

/** An agent that signs checkpoints of the audit log, in this session. */
export interface WitnessState {
  /** Up to where it has seen the log, as far as is known; undefined before it was looked up. */
  seen: number | undefined
  /** It was shown one in this session. */
  wasAsked: boolean
  /** The one that it was shown and has not answered. */
  asked?: { size: number; note: string; again: boolean } | undefined
  /** Its last refusal that is on record. */
  refusal?: string | undefined
}

export interface OnlineAgent extends Readonly<Standing> {
  readonly id: string
  readonly name: string
  readonly projectId: string
  readonly leaseEpoch: number
  readonly journalId: string
  readonly maxConcurrent: number
  /** What it knows beyond the first text of its wire version. */
  readonly features: ReadonlySet<string>
  /** The CURVE public key that it came with. */
  readonly curveKey: string
  /** The Ed25519 public key that it signs with, hex. */
  readonly signingKey: string
  manifest: Manifest
  /**
   * What it publishes now and the router does not take: why, and when that was looked
   * at, by the monotonic clock.
   */
  refusedManifest?: { hash: string; version: number; fault: string; at: number } | undefined
  /**
   * What it published last could not be read, or not be stored: its next renewal is to bring it
   * again.
   */
  lacksManifest?: boolean
  knownRisks: KnownRisks
  /** Its session is about to end, as it wished. */
  saidGoodbye?: boolean
  /** Whether the record says that it drains. */
  drainRecorded?: boolean
  /** Calls given to it and not yet settled. `Fleet.freed` hears of each that goes. */
  inFlight: Set<string>
  /** Calls that it refused for now since it last answered one. */
  refusals?: number
  /** Ids of the calls that it named in its last renewal, and when that came (monotonic). */
  reported: Set<string>
  reportedAt: number
  lastHeartbeatAt: number
  /** When its lease was last written down (monotonic). */
  leaseRecordedAt: number
  /** Why its session must begin anew at its next renewal. */
  doubt?: string
  /** It looks at checkpoints of the audit log: where it is with that. */
  witness?: WitnessState | undefined
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

/** For `OnlineAgent.inTurn`. */
export function turns(agent: () => OnlineAgent): OnlineAgent['inTurn'] {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    last = last.catch(() => {}).then(() => work(agent()))
    return last
  }
}

/** Whether an agent takes new calls of a workspace. */
export function takes(agent: Standing, workspaceId: string): boolean {
  return (
    !agent.draining && agent.unfit === undefined && agent.bindings.has(workspaceId) && !isPausedFor(agent, workspaceId)
  )
}

/** Whether a pause of the agent keeps calls of the workspace from it. */
export function isPausedFor({ paused }: Pick<Standing, 'paused'>, workspaceId: string): boolean {
  return paused.has(null) || paused.has(workspaceId)
}

/** What decides whether an agent would run exactly what was submitted. */
export type SubmittedCall = Pick<
  ExecutionRow,
  'workspace_id' | 'tool' | 'schema_digest' | 'risk' | 'at_most_once' | 'credentials_ref'
>

/** What a call of a tool would be, submitted as an agent offers it to a workspace. */
export function variantOf(tool: ToolDescriptor, binding: Binding): Omit<SubmittedCall, 'workspace_id' | 'tool'> {
  return {
    schema_digest: tool.schema_digest,
    risk: tool.risk,
    at_most_once: runsAtMostOnce(tool.risk, tool.idempotent),
    credentials_ref: credentialsRefOf(tool, binding),
  }
}

/**
 * Whether what the agent offers the workspace is what was submitted. While a bundle is rolled out,
 * agents may disagree on how often a `write` tool may run. The record says once or not, and an
 * agent of the other opinion must not get the call (law L2).
 */
export function runsAsSubmitted(agent: OnlineAgent, call: SubmittedCall): boolean {
  const tool = agent.tools.get(call.tool)
  const binding = agent.bindings.get(call.workspace_id)
  if (tool === undefined || binding === undefined) return false
  const variant = variantOf(tool, binding)
  return (
    variant.schema_digest === call.schema_digest &&
    variant.risk === call.risk &&
    variant.at_most_once === call.at_most_once &&
    variant.credentials_ref === call.credentials_ref
  )
}
