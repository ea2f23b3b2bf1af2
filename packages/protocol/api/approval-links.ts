import { z } from 'zod'
import { textSchema, uuidSchema } from '../ids.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

/** A link with which one person votes once on one approval. Its URL is in a mail to them alone. */
export const approvalLinkSchema = z.object({
  id: z.string(),
  object: z.literal('approval_link'),
  approval_id: z.string(),
  tool: z.string(),
  user_id: z.string(),
  user_name: z.string(),
  user_email: z.string(),
  /** `closed`: the approval was over before it was used. */
  state: z.enum(['open', 'used', 'expired', 'revoked', 'closed']),
  /** What was decided with it; null unless it was used. */
  decision: z.enum(['approve', 'reject']).nullable(),
  created_by: z.string(),
  created_at: timestampSchema,
  expires_at: timestampSchema,
  used_at: nullableTimestampSchema,
  revoked_at: nullableTimestampSchema,
})
export type ApprovalLink = z.infer<typeof approvalLinkSchema>

export const approvalLinkQuerySchema = pageQuerySchema.extend({ approval: textSchema(64).optional() })

/** Mails a link to a member of the project. */
export const approvalLinkCreateSchema = z.strictObject({
  approval: uuidSchema,
  /** Id or e-mail of the member. */
  user: textSchema(254).min(1),
})
