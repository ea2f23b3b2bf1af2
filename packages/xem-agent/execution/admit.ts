// The agent's own gate (laws L3, L4): what a dispatch says must agree with what this agent would run, and a dangerous call
// must carry an approval of exactly this. Nothing the router claims is taken on trust but its key, pinned at enrollment.
import type { KeyObject } from 'node:crypto'
import type { ErrorCode } from '@xerotier/protocol/errors.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { callText, type Grant, grantText } from '@xerotier/protocol/grant.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { needsGrant, runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { verifySignature } from '@xerotier/runtime/ed25519.ts'
import type { Tool } from '../tool.ts'

export interface Refusal {
  code: ErrorCode
  message: string
  /** Whether another attempt, perhaps at another agent, may be taken. */
  retry: boolean
}

export interface Gate {
  projectId: string
  /** The router's Ed25519 key with its id: it signs grants. */
  routerKey: { key: KeyObject; keyId: string }
  tools: ReadonlyMap<string, Tool>
  bindings: ReadonlyMap<string, Binding>
  paused: readonly { workspace_id: string | null }[]
  draining: boolean
  /** Calls that may still be taken. */
  room: number
  now: number
}

export type Admission = { tool: Tool; refusal: undefined } | { refusal: Refusal }

export function admit(frame: DispatchFrame, gate: Gate): Admission {
  const tool = gate.tools.get(frame.tool)
  const refusal = refusalOf(frame, gate, tool)
  return refusal === undefined ? { tool: tool!, refusal } : { refusal }
}

function refusalOf(frame: DispatchFrame, gate: Gate, tool: Tool | undefined): Refusal | undefined {
  if (gate.draining) return { code: 'tool_executor_unavailable', message: 'The agent is shutting down.', retry: true }
  if (frame.project_id !== gate.projectId) return mismatch('The call is of another project than the agent.')
  const binding = gate.bindings.get(frame.workspace.workspace_id)
  if (binding === undefined || binding.workspace !== frame.workspace.workspace) {
    return { code: 'tool_executor_unavailable', message: 'The workspace is not bound to this agent.', retry: true }
  }
  if (isPaused(binding, gate.paused)) {
    return { code: 'tool_executor_unavailable', message: 'The agent is paused.', retry: true }
  }
  if (tool === undefined) {
    return { code: 'exec_tool_not_found', message: `This agent has no tool "${frame.tool}".`, retry: true }
  }
  const { descriptor } = tool
  if (frame.schema_digest !== descriptor.schema_digest) return mismatch('The schema of the tool has changed since.')
  if (frame.risk !== descriptor.risk) return mismatch('The risk level of the tool has changed since.')
  if (!frame.at_most_once && runsAtMostOnce(descriptor.risk, descriptor.idempotent)) {
    const message = 'The router may repeat the call, and the tool must not be repeated.'
    return { code: 'tool_executor_unavailable', message, retry: true }
  }
  if (descriptor.workspace_types.length > 0 && !descriptor.workspace_types.includes(binding.type)) {
    return mismatch(`The tool does not apply to workspaces of type ${binding.type}.`)
  }

  const text = callText({ ...frame, workspace_id: frame.workspace.workspace_id })
  if (text.length > limits.argumentsBytes + 4096) {
    return { code: 'invalid_arguments', message: 'The arguments are larger than the limit.', retry: false }
  }
  if (sha256Hex(text) !== frame.digest) return mismatch('The digest of the call does not cover what was dispatched.')
  const invalid = tool.checkArgs(frame.args, text.length)
  if (invalid !== undefined) return { code: 'invalid_arguments', message: invalid, retry: false }

  if (needsGrant(descriptor.risk)) {
    const flaw = grantFlaw(frame.grant, frame.digest, gate)
    if (flaw !== undefined) return mismatch(flaw)
  }
  if (gate.room <= 0) {
    return { code: 'capacity_exceeded', message: 'The agent runs as many calls as it may.', retry: true }
  }
  return undefined
}

function mismatch(message: string): Refusal {
  return { code: 'grant_invalid', message, retry: false }
}

function isPaused(binding: Binding, paused: Gate['paused']): boolean {
  return paused.some(({ workspace_id: id }) => id === null || id === binding.workspace_id)
}

function grantFlaw(grant: Grant | null, digest: string, gate: Gate): string | undefined {
  if (grant === null) return 'The call needs an approval and carries none.'
  if (grant.digest !== digest) return 'The approval covers another call.'
  if (gate.now > grant.expires_at + limits.grantClockToleranceMs) return 'The approval has expired.'
  const bytes = Buffer.from(grantText(grant))
  const signed = grant.signatures.some(
    ({ key_id, signature }) => key_id === gate.routerKey.keyId && verifySignature(gate.routerKey.key, bytes, signature),
  )
  return signed ? undefined : 'The approval carries no valid signature of the router.'
}
