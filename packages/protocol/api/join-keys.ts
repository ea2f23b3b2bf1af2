import { z } from 'zod'
import { nameSchema, regionSchema } from '../ids.ts'
import { joinKeyStateSchema } from '../lifecycles/join-key.ts'
import { limits } from '../limits.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

export const agentRoles = ['xem', 'xim'] as const
export const agentRoleSchema = z.enum(agentRoles)
export type AgentRole = z.infer<typeof agentRoleSchema>

const routerAddressSchema = z
  .string()
  .regex(/^tcp:\/\/(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'must look like tcp://<host>:<port>')
  .refine(hasPort, 'must end in a port from 1 to 65535')

export const joinKeySchema = z.object({
  id: z.string(),
  object: z.literal('join_key'),
  name: nameSchema,
  role: agentRoleSchema,
  region: z.string(),
  router_addr: z.string(),
  state: joinKeyStateSchema,
  /** Whether who presents it waits for an operator (`candidates`). */
  require_approval: z.boolean(),
  created_at: timestampSchema,
  expires_at: timestampSchema,
  consumed_at: nullableTimestampSchema,
  consumed_by: z.string().nullable(),
  revoked_at: nullableTimestampSchema,
})
export type JoinKey = z.infer<typeof joinKeySchema>

export const joinKeyCreateSchema = z.strictObject({
  name: nameSchema,
  region: regionSchema,
  /** Data-plane address that the agent will dial; default: what the router announces. */
  router_addr: routerAddressSchema.optional(),
  role: agentRoleSchema.default('xem'),
  /** Lets an identity in only after an operator has approved it. */
  require_approval: z.boolean().default(false),
  expires_in_hours: z.number().positive().max(limits.joinKeyHoursMax).default(limits.joinKeyHoursDefault),
})
/** `key` is the value, shown this once. */
export const joinKeySecretSchema = joinKeySchema.extend({ key: z.string() })

function hasPort(address: string): boolean {
  const port = Number(address.slice(address.lastIndexOf(':') + 1))
  return port >= 1 && port <= 65_535
}
