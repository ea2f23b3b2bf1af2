import { z } from 'zod'
import { projectRoleSchema, systemRoleSchema } from '../roles.ts'
import { doorSchema } from './actor.ts'
import { keyWorkspaceSchema } from './api-keys.ts'
import { nullableTimestampSchema } from './page.ts'
import { quietHoursInputSchema, quietHoursSchema } from './quiet-hours.ts'
import { scopeSchema } from './scopes.ts'

/** Who asks, as the record would name them. */
export const whoamiSchema = z.object({
  object: z.literal('whoami'),
  project_id: z.string(),
  project: z.string(),
  /** null for a service key, which acts for nobody. */
  person: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      role: projectRoleSchema,
      system_role: systemRoleSchema.nullable(),
      groups: z.array(z.string()),
      /** Of mail to them about this project. */
      quiet_hours: quietHoursSchema.nullable(),
    })
    .nullable(),
  /** null for a session that came of a password. */
  key: z
    .object({
      id: z.string(),
      name: z.string(),
      /** What it may do: its scopes, without those that the role of its person has not. */
      scopes: z.array(scopeSchema),
      workspaces: z.array(keyWorkspaceSchema).nullable(),
      expires_at: nullableTimestampSchema,
    })
    .nullable(),
  door: doorSchema,
})
export type Whoami = z.infer<typeof whoamiSchema>

/** What somebody says of themselves in this project. */
export const whoamiUpdateSchema = z.strictObject({ quiet_hours: quietHoursInputSchema })
