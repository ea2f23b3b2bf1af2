import { z } from 'zod'
import { eventKinds, publicEventNames } from '../events.ts'
import { actorNameSchema, doorSchema } from './actor.ts'
import { timestampSchema } from './page.ts'

/**
 * What happened, when, and who did it. It stands beside
 * the record as it is now, which may be further on.
 */
export function streamedEventSchema(subject: 'execution' | 'approval') {
  return z.object({
    kind: z.enum(eventKinds.filter((kind) => kind.startsWith(`${subject}.`) && publicEventNames[kind] !== undefined)),
    at: timestampSchema,
    /** A person, a service key, an agent, or `router`. */
    actor: z.string(),
    actor_name: actorNameSchema,
    /** By which API key, and through which door. */
    actor_key: z.string().nullable(),
    door: doorSchema.nullable(),
  })
}
export type StreamedEvent = z.infer<ReturnType<typeof streamedEventSchema>>
