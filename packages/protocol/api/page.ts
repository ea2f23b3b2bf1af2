// Lists: keyset pages, newest first unless a route says otherwise.
import { z } from 'zod'
import { textSchema } from '../ids.ts'
import { limits } from '../limits.ts'

export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(limits.pageMax).default(limits.pageDefault),
  /** `last_id` of the page before. */
  after: textSchema(64).optional(),
})

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    has_more: z.boolean(),
    /** Cursor for `after`; null on an empty page. */
    last_id: z.string().nullable(),
  })
}

/** ISO 8601 with milliseconds, UTC. */
export const timestampSchema = z.iso.datetime()
export const nullableTimestampSchema = timestampSchema.nullable()
