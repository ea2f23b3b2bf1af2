// Keyset pages as one sequence.
import { limits } from '@xerotier/protocol/limits.ts'

interface Page<Item> {
  data: Item[]
  has_more: boolean
  last_id: string | null
}

/** Reads pages with `limit` and `after` until `most` items are read or no page is left. */
export async function* pageItems<Item>(
  read: (query: object) => Promise<{ data: Page<Item> }>,
  query: { after?: string; limit?: number } = {},
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Item> {
  let after = query.after
  for (let left = most; left > 0; ) {
    const limit = Math.min(left, query.limit ?? limits.pageMax, limits.pageMax)
    const { data: page } = await read({ ...query, limit, ...(after === undefined ? {} : { after }) })
    yield* page.data.slice(0, left)
    left -= page.data.length
    if (!page.has_more || page.last_id === null || page.last_id === after) return
    after = page.last_id
  }
}
