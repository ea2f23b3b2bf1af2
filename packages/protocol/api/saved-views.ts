// What somebody looks at again and again: the filters of a list, by a name. Of one person in one
// project, and seen by nobody else.
import { z } from 'zod'
import { textSchema } from '../ids.ts'

/** The list whose filters they are. */
const savedViewPages = ['operations'] as const

export const savedViewSchema = z.strictObject({
  page: z.enum(savedViewPages),
  name: textSchema(60).min(1),
  /** As the address of the page has it, without the question mark: `status=failed&since=24h`. */
  search: textSchema(1_000),
})
export type SavedView = z.infer<typeof savedViewSchema>

export const savedViewNameSchema = savedViewSchema.omit({ search: true })
