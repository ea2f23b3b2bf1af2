// A frame that does not fit its schema is dropped. Of a proof or a renewal enough may be readable
// to tell its agent why: one tool that is wrong must not leave an agent without an answer for ever.
import { leaseRenewalFrame } from '@xerotier/protocol/frames/session/lease-renewal.ts'
import { proofFrame } from '@xerotier/protocol/frames/session/proof.ts'
import { toolNameSchema } from '@xerotier/protocol/ids.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { z } from 'zod'
import type { UnreadableManifest } from '../domain/agents/renew-lease.ts'

const claimOfProof = proofFrame.pick({
  t: true,
  agent_id: true,
  nonce: true,
  routing_id: true,
  curve_public_key: true,
})
const renewalAlone = leaseRenewalFrame.extend({ manifest: z.unknown() })

/** What a proof says about who sends it. */
export type ProofClaim = z.infer<typeof claimOfProof>
/** A renewal with why its manifest does not fit. */
export type UnreadableRenewal = Omit<z.infer<typeof leaseRenewalFrame>, 'manifest'> & { manifest: UnreadableManifest }

export function claimOf(raw: unknown): ProofClaim | undefined {
  return claimOfProof.safeParse(raw).data
}

/** All of it but its manifest. */
export function renewalOf(raw: unknown): z.infer<typeof renewalAlone> | undefined {
  return renewalAlone.safeParse(raw).data
}

/** zod names an issue with each refusal, but does not say so to the compiler. */
const unexplained = { path: [], message: 'does not fit' }

/**
 * Where it does not fit and why, in a line that holds nothing that an agent wrote but the name of a
 * tool.
 */
export function faultOf({ issues }: z.ZodError, raw: unknown): string {
  const { path, message } = issues[0] ?? unexplained
  const tool = path[0] === 'manifest' && path[1] === 'tools' ? toolNameOf(raw, path[2]) : undefined
  return `${path.join('.')}${tool === undefined ? '' : ` (tool ${tool})`}: ${message}`.slice(0, 500)
}

function toolNameOf(raw: unknown, index: PropertyKey | undefined): string | undefined {
  if (typeof index !== 'number') return undefined
  const tools = memberOf(memberOf(raw, 'manifest'), 'tools')
  return Array.isArray(tools) ? toolNameSchema.safeParse(memberOf(tools[index], 'name')).data : undefined
}

/**
 * What a frame says that it is, for the log: whatever else an agent puts there is not looked at.
 */
export function nameOf(raw: unknown): string {
  const name = memberOf(raw, 't')
  return typeof name === 'string' ? name.slice(0, 32) : typeof name
}
