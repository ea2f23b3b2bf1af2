import { z } from 'zod'
import { workspaceTypeSchema } from '../manifest.ts'
import { riskSchema } from '../risk.ts'
import { agentHealths } from './agents.ts'
import { timestampSchema } from './page.ts'

/** Who decides, as policies name them: `anyone` is whoever may decide approvals. */
const approverKinds = ['anyone', 'role', 'group', 'user', 'service_key'] as const

/** Places in the lists of the same answer: with a thousand agents ids would be most of it. */
const placesSchema = z.array(z.int())

export const topologySchema = z.object({
  object: z.literal('topology'),
  /** What it shows is as of then. */
  at: timestampSchema,
  /** The first moment that the records know. */
  begins_at: timestampSchema,
  /** False where there is more than is told; the limits say how much is. */
  is_whole: z.boolean(),
  workspaces: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: workspaceTypeSchema,
      created_at: timestampSchema,
      /** Calls of it are held back wherever they would run. */
      is_paused: z.boolean(),
      /** In `approvers`: who decides on its dangerous calls. */
      approvers: placesSchema,
    }),
  ),
  agents: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      region: z.string(),
      enrolled_at: timestampSchema,
      /**
       * Of the past, `healthy` is every agent that was online: what its host said of itself is not
       * on record.
       */
      health: z.enum(agentHealths),
      is_paused: z.boolean(),
      /** In `workspaces`. */
      workspaces: placesSchema,
      /** In `tools`; null where it has published others since: only the last are on record. */
      tools: placesSchema.nullable(),
    }),
  ),
  tools: z.array(z.object({ name: z.string(), risk: riskSchema, is_paused: z.boolean() })),
  approvers: z.array(z.object({ kind: z.enum(approverKinds), name: z.string() })),
})
export type Topology = z.infer<typeof topologySchema>

export const topologyQuerySchema = z.object({
  /** As it was then; as it is now when left out. */
  at: timestampSchema.optional(),
})
