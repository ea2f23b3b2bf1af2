import { z } from 'zod'
import { emailSchema, personNameSchema, referenceSchema, textSchema } from '../ids.ts'
import { invitationStateSchema } from '../lifecycles/invitation.ts'
import { limits } from '../limits.ts'
import { projectRoleSchema } from '../roles.ts'
import { actorNameSchema } from './actor.ts'
import { apiKeySecretSchema } from './api-keys.ts'
import { memberSchema } from './members.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

export const invitationSchema = z.object({
  id: z.string(),
  object: z.literal('invitation'),
  email: z.string(),
  role: projectRoleSchema,
  /** Names of those that are still there. */
  groups: z.array(z.string()),
  state: invitationStateSchema,
  created_by: z.string(),
  created_by_name: actorNameSchema,
  created_at: timestampSchema,
  expires_at: timestampSchema,
  accepted_by: z.string().nullable(),
  accepted_at: nullableTimestampSchema,
  revoked_at: nullableTimestampSchema,
})
export type Invitation = z.infer<typeof invitationSchema>

export const invitationQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated; every state when left out. */
  status: textSchema(100).optional(),
})

export const invitationCreateSchema = z.strictObject({
  email: emailSchema,
  role: projectRoleSchema.default('member'),
  /** Ids or names. */
  groups: z.array(referenceSchema).max(limits.groupsPerProject).default([]),
  expires_in_hours: z.number().positive().max(limits.invitationHoursMax).default(limits.invitationHoursDefault),
})
/** `token` accepts it, and is shown this once. */
export const invitationSecretSchema = invitationSchema.extend({ token: z.string() })

export const invitationAcceptSchema = z.strictObject({
  token: textSchema(200).min(1),
  /** What people call you. Of no effect for somebody whom the router knows already. */
  name: personNameSchema,
})

/** Who belongs to the project now, and their first API key in it. */
export const acceptanceSchema = z.object({
  object: z.literal('acceptance'),
  project_id: z.string(),
  project: z.string(),
  member: memberSchema,
  api_key: apiKeySecretSchema,
})
export type Acceptance = z.infer<typeof acceptanceSchema>
