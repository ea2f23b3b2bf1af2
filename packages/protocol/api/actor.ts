import { z } from 'zod'

/**
 * What people call the API key (or the agent) whose id stands beside it,
 * also when the key was revoked. Null for the router itself, and when
 * nothing of that id is on record. Names are not unique: the id is.
 */
export const actorNameSchema = z.string().nullable()
