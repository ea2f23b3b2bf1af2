// What an approval covers (law L3), and how the approval travels to the agent.
import { z } from 'zod'
import { canonicalJson } from './canonical.ts'
import { digestSchema, uuidSchema } from './ids.ts'
import type { Risk } from './risk.ts'

/** Everything that decides what one call does. A change of any part is another call. */
export interface CallTuple {
  execution_id: string
  project_id: string
  workspace_id: string
  tool: string
  schema_digest: string
  args: unknown
  /** Name of the credential file; null for none. */
  credentials_ref: string | null
  risk: Risk
  policy_version: number
}

/**
 * The canonical text whose SHA-256 is the call's digest; the same at router, reviewer and agent.
 * @param args canonical JSON of the arguments, for a caller who has it already
 */
export function callText(tuple: CallTuple, args: string = canonicalJson(tuple.args)): string {
  // Written out in the order that RFC 8785 sorts it, since this
  // runs for every call; a test holds it to canonicalJson.
  const text = (value: string) => canonicalJson(value)
  return (
    `{"args":${args},"credentials_ref":${canonicalJson(tuple.credentials_ref)},"execution_id":${text(tuple.execution_id)},"policy_version":${canonicalJson(tuple.policy_version)}` +
    `,"project_id":${text(tuple.project_id)},"risk":${text(tuple.risk)},"schema_digest":${text(tuple.schema_digest)}` +
    `,"tool":${text(tuple.tool)},"v":2,"workspace_id":${text(tuple.workspace_id)}}`
  )
}

const grantSignatureSchema = z.object({
  /** `router`, or later the id of a reviewer whose own key signed. */
  signer: z.string().max(64),
  /** First 16 hex digits of the SHA-256 of the signer's raw public key. */
  key_id: z.string().regex(/^[0-9a-f]{16}$/),
  alg: z.literal('ed25519'),
  signature: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 64, 'must be 64 bytes'),
})

export const grantSchema = z.object({
  /** The approval that a person gave; null where policy itself allowed the call. */
  approval_id: uuidSchema.nullable(),
  /** Digest of the call's tuple. */
  digest: digestSchema,
  /** Milliseconds since the epoch; the agent refuses to start after it. */
  expires_at: z.int(),
  signatures: z.array(grantSignatureSchema).min(1).max(16),
})
export type Grant = z.infer<typeof grantSchema>

/** The bytes that each signature of a grant covers, as UTF-8 text. */
export function grantText(grant: Pick<Grant, 'approval_id' | 'digest' | 'expires_at'>): string {
  return `xem-grant-v1\n${grant.digest}\n${grant.approval_id ?? '-'}\n${grant.expires_at}`
}
