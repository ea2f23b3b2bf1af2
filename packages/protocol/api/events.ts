import { z } from 'zod'
import { eventKinds } from '../events.ts'
import { actorNameSchema, doorSchema } from './actor.ts'
import { timestampSchema } from './page.ts'

/** One entry of the event log. `id` orders it and resumes a stream. */
export const eventSchema = z.object({
  id: z.string(),
  object: z.literal('event'),
  kind: z.enum(eventKinds),
  at: timestampSchema,
  /** Who did it: a person, a service key, an agent, or the router itself. */
  actor: z.string(),
  actor_name: actorNameSchema,
  /** The API key that they came with, and the door; null for agents and the router. */
  actor_key: z.string().nullable(),
  door: doorSchema.nullable(),
  execution_id: z.string().nullable(),
  approval_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  workspace_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})
export type Event = z.infer<typeof eventSchema>
