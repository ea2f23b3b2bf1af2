// What stays, however old it is: one call, or all of the project, until somebody releases it.
import { z } from 'zod'
import { reasonSchema, textSchema, uuidSchema } from '../ids.ts'
import { actorNameSchema } from './actor.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

/** The number of an incident or of a case, or a link to it. */
const incidentSchema = textSchema(200).regex(/^\P{Cc}+$/u, 'must be visible text on one line')

/** One of `execution` and `project`. */
export const legalHoldCreateSchema = z.strictObject({
  execution: uuidSchema.optional(),
  /** All of the project: to be said, as nothing is held by what somebody left out. */
  project: z.literal(true).optional(),
  reason: reasonSchema(500),
  incident: incidentSchema.optional(),
})
export type LegalHoldCreate = z.infer<typeof legalHoldCreateSchema>

export const legalHoldSchema = z.object({
  id: z.string(),
  object: z.literal('legal_hold'),
  /** Null: all of the project. */
  execution_id: z.string().nullable(),
  reason: z.string(),
  incident: z.string().nullable(),
  placed_by: z.string(),
  placed_by_name: actorNameSchema,
  placed_at: timestampSchema,
  released_by: z.string().nullable(),
  released_by_name: actorNameSchema,
  released_at: nullableTimestampSchema,
})
export type LegalHold = z.infer<typeof legalHoldSchema>

export const legalHoldQuerySchema = pageQuerySchema.extend({
  /** `released` and `all` tell of the past too; what is held when left out. */
  status: z.enum(['held', 'released', 'all']).default('held'),
  execution: uuidSchema.optional(),
  incident: incidentSchema.optional(),
})
