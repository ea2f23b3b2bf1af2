import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Page } from './live.ts'

const pageSize = 100

/** A list of the router's, page by page. The first part of the key is what events make stale. */
export function paged<Item>(
  key: readonly unknown[],
  ask: (query: { limit: number; after?: string }, signal: AbortSignal) => Promise<Page<Item>>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      ask({ limit: pageSize, ...(pageParam === '' ? {} : { after: pageParam }) }, signal),
    getNextPageParam: (page) => (page.has_more && page.last_id !== null ? page.last_id : undefined),
  })
}
