import { z } from 'zod'
import { agentIdSchema, nameSchema, projectIdSchema, textSchema } from '../ids.ts'
import { agentRoleSchema } from './join-keys.ts'
import { timestampSchema } from './page.ts'

const hexKeySchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 32 bytes in hex')

/** The bytes that `proof` signs: they tie the join key to both public keys. */
export function enrollText(enroll: {
  join_key: string
  registration_name: string
  signing_public_key: string
  curve_public_key: string
}): string {
  return `xem-enroll-v1\n${enroll.join_key}\n${enroll.registration_name}\n${enroll.signing_public_key}\n${enroll.curve_public_key}`
}

export const enrollSchema = z.strictObject({
  join_key: textSchema(4096),
  /** The agent's stable name. It replaces the name of the join key. */
  registration_name: nameSchema,
  role: agentRoleSchema,
  /** Raw Ed25519 public key. */
  signing_public_key: hexKeySchema,
  /** CURVE public key, Z85. */
  curve_public_key: z.string().length(40),
  /** Hex Ed25519 signature over `enrollText`. */
  proof: z.string().regex(/^[0-9a-f]{128}$/),
  hostname: textSchema(255),
  version: textSchema(64),
})

/** The bytes that the `proof` of an agent signs which comes back without a valid token. */
export function reenrollText({ agent_id, at }: { agent_id: string; at: number }): string {
  return `xem-reenroll-v1\n${agent_id}\n${at}`
}

/** An agent that was away for longer than its token lives has its identity still. */
export const reenrollSchema = z.strictObject({
  agent_id: agentIdSchema,
  /** When it was signed, milliseconds since the epoch. */
  at: z.int().positive(),
  /** Hex Ed25519 signature over `reenrollText`. */
  proof: z.string().regex(/^[0-9a-f]{128}$/),
})

const routerIdentitySchema = z.object({
  /** Data plane, tcp://host:port. */
  address: z.string(),
  /** The router's CURVE public key, Z85. */
  curve_public_key: z.string().length(40),
  /** The router's raw Ed25519 public key, hex: it signs grants. */
  signing_public_key: hexKeySchema,
})

export const enrollmentSchema = z.object({
  object: z.literal('enrollment'),
  agent_id: agentIdSchema,
  project_id: projectIdSchema,
  name: nameSchema,
  role: agentRoleSchema,
  region: z.string(),
  /**
   * Bearer token of the agent for HTTP; renewed with `POST /v1/enroll/refresh` before it expires,
   * with `POST /v1/enroll/again` after.
   */
  token: z.string(),
  token_expires_at: timestampSchema,
  router: routerIdentitySchema,
})
export type Enrollment = z.infer<typeof enrollmentSchema>
