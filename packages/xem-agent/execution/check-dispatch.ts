// The agent's own gate (laws L3, L4): what a dispatch says must agree with what this agent would
// run, and a dangerous call must carry an approval of exactly this. Nothing the router claims is
// taken on trust but its key, pinned at enrollment.
import type { KeyObject } from 'node:crypto'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { credentialsRefOf } from '@xerotier/protocol/credentials-ref.ts'
import type { ErrorCode } from '@xerotier/protocol/errors.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { callText, type Grant, grantText } from '@xerotier/protocol/grant.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Binding, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { operandFlaw } from '@xerotier/protocol/operands.ts'
import { needsGrant, runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import { secretMark, valueAt, withValueAt } from '@xerotier/protocol/secrets.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { verifySignature } from '@xerotier/runtime/ed25519.ts'
import { commitmentOf } from '@xerotier/runtime/secret-commitment.ts'
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
  grantKeys: { find(keyId: string): KeyObject | undefined }
  tools: ReadonlyMap<string, Tool>
  bindings: ReadonlyMap<string, Binding>
  paused: readonly { workspace_id: string | null }[]
  draining: boolean
  /** What is wrong with the host. */
  unfit: string | undefined
  /** Calls that may still be taken. */
  room: number
  now: number
}

/** `args` hold what the program is to get, secrets too. */
export type CheckedDispatch = { tool: Tool; args: Record<string, unknown>; refusal: undefined } | { refusal: Refusal }

export function checkDispatch(frame: DispatchFrame, gate: Gate): CheckedDispatch {
  const closed = closedTo(frame, gate)
  if (closed !== undefined) return { refusal: closed }
  const tool = gate.tools.get(frame.tool)
  if (tool === undefined) {
    const message = `This agent has no tool "${frame.tool}".`
    return { refusal: { code: 'exec_tool_not_found', message, retry: true } }
  }
  const unfit = unfitFor(frame, tool)
  if (unfit !== undefined) return { refusal: unfit }
  const checked = argumentsOf(frame, tool)
  if ('refusal' in checked) return checked
  const flaw = needsGrant(tool.descriptor.risk) ? grantFlaw(frame.grant, frame.digest, gate) : undefined
  if (flaw !== undefined) return { refusal: mismatch(flaw) }
  if (gate.room > 0) return { tool, args: checked.args, refusal: undefined }
  return { refusal: { code: 'capacity_exceeded', message: 'The agent runs as many calls as it may.', retry: true } }
}

/** Why the agent takes no such call now, whatever it would run. */
function closedTo(frame: DispatchFrame, gate: Gate): Refusal | undefined {
  const unavailable = (message: string): Refusal => ({ code: 'tool_executor_unavailable', message, retry: true })
  if (gate.draining) return unavailable('The agent is shutting down.')
  if (gate.unfit !== undefined) return unavailable(`The host of the agent is unfit: ${gate.unfit}.`)
  if (frame.project_id !== gate.projectId) return mismatch('The call is of another project than the agent.')
  const binding = gate.bindings.get(frame.workspace.workspace_id)
  if (binding === undefined || binding.workspace !== frame.workspace.workspace) {
    return unavailable('The workspace is not bound to this agent.')
  }
  return isPaused(binding, gate.paused) ? unavailable('The agent is paused.') : undefined
}

/** What of the tool is not as the call says. */
function unfitFor(frame: DispatchFrame, { descriptor }: Tool): Refusal | undefined {
  const changed = changeOf(frame, descriptor)
  // The router has not read the manifest yet that says so. It looks again: nothing has started.
  if (changed !== undefined) return { code: 'tool_executor_unavailable', message: changed, retry: true }
  if (!frame.at_most_once && runsAtMostOnce(descriptor.risk, descriptor.idempotent)) {
    const message = 'The router may repeat the call, and the tool must not be repeated.'
    return { code: 'tool_executor_unavailable', message, retry: true }
  }
  const { type } = frame.workspace
  if (descriptor.workspace_types.length > 0 && !descriptor.workspace_types.includes(type)) {
    return mismatch(`The tool does not apply to workspaces of type ${type}.`)
  }
  return undefined
}

/** What the program is to get, once it is known to be what was digested. */
function argumentsOf(frame: DispatchFrame, tool: Tool): { args: Record<string, unknown> } | { refusal: Refusal } {
  const invalid = (message: string) => ({ refusal: { code: 'invalid_arguments', message, retry: false } as const })
  const text = callText({ ...frame, workspace_id: frame.workspace.workspace_id })
  if (text.length > limits.argumentsBytes + 4096) return invalid('The arguments are larger than the limit.')
  if (sha256Hex(text) !== frame.digest) {
    return { refusal: mismatch('The digest of the call does not cover what was dispatched.') }
  }
  const args = revealed(frame)
  if (args === undefined) return { refusal: mismatch('A secret of the call is not the one that was submitted.') }
  const flaw = tool.checkArgs(args) ?? operandSentence(tool, args)
  return flaw === undefined ? { args } : invalid(flaw)
}

/** The arguments with their secrets; undefined when one is not what the arguments commit to. */
function revealed({ args, secrets }: DispatchFrame): Record<string, unknown> | undefined {
  let whole = args
  for (const { path, nonce, value } of secrets) {
    const mark = valueAt(args, path)
    if (canonicalJson(mark ?? null) !== canonicalJson(secretMark(commitmentOf(nonce, value)))) return undefined
    whole = withValueAt(whole, path, value)
  }
  return whole
}

/** What of the tool is not what the call was submitted for. */
function changeOf(frame: DispatchFrame, descriptor: ToolDescriptor): string | undefined {
  if (frame.schema_digest !== descriptor.schema_digest) return 'The schema of the tool has changed since.'
  if (frame.risk !== descriptor.risk) return 'The risk level of the tool has changed since.'
  const same = frame.credentials_ref === credentialsRefOf(descriptor, frame.workspace)
  return same ? undefined : 'The credentials of the tool have changed since.'
}

function operandSentence({ descriptor }: Tool, args: Record<string, unknown>): string | undefined {
  const flaw = operandFlaw(descriptor.operands, args)
  return flaw === undefined ? undefined : `/${flaw.argument} ${flaw.reason}`
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
  if (gate.now > grant.expires_at + limits.grantClockToleranceMs) {
    const [then, now] = [grant.expires_at, gate.now].map((ms) => new Date(ms).toISOString())
    return `The approval has expired: it was good until ${then}, and the router's clock shows ${now} as far as this agent knows.`
  }
  const bytes = Buffer.from(grantText(grant))
  const signed = grant.signatures.some(({ key_id, signature }) => {
    const key = gate.grantKeys.find(key_id)
    return key !== undefined && verifySignature(key, bytes, signature)
  })
  return signed ? undefined : 'The approval carries no valid signature of the router.'
}
