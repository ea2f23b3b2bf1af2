import { z } from 'zod'
import { emailSchema, personNameSchema } from '../ids.ts'
import { projectRoleSchema, systemRoleSchema } from '../roles.ts'
import { actorNameSchema } from './actor.ts'
import { pageQuerySchema, timestampSchema } from './page.ts'
import { quietHoursSchema } from './quiet-hours.ts'

/** A person of the project. */
export const memberSchema = z.object({
  id: z.string(),
  object: z.literal('member'),
  email: z.string(),
  name: z.string(),
  role: projectRoleSchema,
  /** Who was deactivated comes in nowhere, and counts for nothing. */
  active: z.boolean(),
  /** Of the whole installation. */
  system_role: systemRoleSchema.nullable(),
  /** Names. */
  groups: z.array(z.string()),
  /** In which they get no mail about this project; their own to set. */
  quiet_hours: quietHoursSchema.nullable(),
  added_by: z.string(),
  added_by_name: actorNameSchema,
  added_at: timestampSchema,
})
export type ProjectMember = z.infer<typeof memberSchema>

export const memberQuerySchema = pageQuerySchema.extend({ role: projectRoleSchema.optional() })

/** Somebody that the router knows already; others are invited. */
export const memberAddSchema = z.strictObject({
  email: emailSchema,
  role: projectRoleSchema.default('member'),
})

/**
 * What is of the whole installation is for owners of the only project that somebody is in, and for
 * admins: `active` and `name`. `system_role` is for admins.
 */
export const memberUpdateSchema = z.strictObject({
  role: projectRoleSchema.optional(),
  active: z.boolean().optional(),
  name: personNameSchema.optional(),
  system_role: systemRoleSchema.nullable().optional(),
})
