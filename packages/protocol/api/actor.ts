import { z } from 'zod'

/**
 * What people call the person, the API key or the agent whose id stands beside it, also when they
 * are gone. Null for the router itself, and when nothing of that id is on record. Names are not
 * unique: the id is.
 */
export const actorNameSchema = z.string().nullable()

/**
 * Ways into the router. `api` is for programs and xeroctl, `link` a one-time link in a mail,
 * `dashboard` a session in a browser.
 */
const doors = ['api', 'link', 'dashboard'] as const
export const doorSchema = z.enum(doors)
export type Door = z.infer<typeof doorSchema>
