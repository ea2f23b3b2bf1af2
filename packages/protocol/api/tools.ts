import { z } from 'zod'
import { toolDescriptorSchema } from '../manifest.ts'

export const toolSummarySchema = toolDescriptorSchema
  .pick({
    name: true,
    description: true,
    risk: true,
    domain: true,
    workspace_types: true,
    timeout_ms: true,
    idempotent: true,
    mcp_visible: true,
  })
  .extend({
    object: z.literal('tool'),
    /** Online agents that offer it. */
    agents_online: z.int(),
  })
export type ToolSummary = z.infer<typeof toolSummarySchema>

export const toolDetailSchema = toolSummarySchema.extend({
  input_schema: toolDescriptorSchema.shape.input_schema,
  schema_digest: z.string(),
  auto_fork_branch: z.boolean(),
  has_preview: z.boolean(),
  has_undo: z.boolean(),
  offered_by: z.array(
    z.object({
      agent_id: z.string(),
      agent: z.string(),
      bundle: z.string(),
      bundle_version: z.string(),
      schema_digest: z.string(),
    }),
  ),
})
export type ToolDetail = z.infer<typeof toolDetailSchema>
