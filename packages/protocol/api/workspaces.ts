import { z } from 'zod'
import { nameSchema, referenceSchema, textSchema, workspaceIdSchema } from '../ids.ts'
import { bindingSchema, workspaceTypeSchema } from '../manifest.ts'
import { agentHealthSchema, pauseRecordSchema } from './agents.ts'
import { timestampSchema } from './page.ts'

const boundAgentSchema = z.object({
  agent_id: z.string(),
  agent: z.string(),
  health: agentHealthSchema,
  /**
   * What keeps calls of this workspace from it: pauses
   * of the agent altogether, and of this workspace.
   */
  paused: z.array(pauseRecordSchema),
  credentials_ref: z.string().nullable(),
  bound_at: timestampSchema,
})

export const workspaceSchema = z.object({
  id: workspaceIdSchema,
  object: z.literal('workspace'),
  name: nameSchema,
  type: workspaceTypeSchema,
  description: z.string().nullable(),
  created_at: timestampSchema,
  agents: z.array(boundAgentSchema),
  /** What keeps calls of it from any agent: of the workspace, of its tools, or of the project. */
  paused: z.array(pauseRecordSchema),
})
export type Workspace = z.infer<typeof workspaceSchema>

export const workspaceCreateSchema = z.strictObject({
  name: nameSchema,
  type: workspaceTypeSchema.default('generic'),
  description: textSchema(500).optional(),
})

export const bindSchema = z.strictObject({
  /** Id or name. */
  agent: referenceSchema,
  credentials_ref: bindingSchema.shape.credentials_ref.optional(),
})
