// What the stream makes stale.

import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { useEffect } from 'react'
import { followStream, type OpsEvent, onBack, onOpsEvent } from './stream.ts'

export interface Page<Item> {
  data: Item[]
  has_more: boolean
  last_id: string | null
}

/** At most so often is one thing asked for again, however much happens; the first time at once. */
const settleMs = 400

export function useLive(): void {
  const queries = useQueryClient()
  useEffect(() => {
    /** What was asked for lately; true when more has happened since. */
    const lately = new Map<string, { more: boolean; timer: ReturnType<typeof setTimeout> }>()
    const ask = (key: string) => {
      const timer = setTimeout(() => {
        const { more = false } = lately.get(key) ?? {}
        lately.delete(key)
        if (more) ask(key)
      }, settleMs)
      lately.set(key, { more: false, timer })
      void queries.invalidateQueries({ queryKey: [key] })
    }
    const stale = (...keys: readonly string[]) => {
      for (const key of keys) {
        const asked = lately.get(key)
        if (asked === undefined) ask(key)
        else asked.more = true
      }
    }
    const stops = [
      followStream(),
      onOpsEvent((event) => hear(queries, event, stale)),
      onBack(() => void queries.invalidateQueries()),
    ]
    return () => {
      for (const stop of stops) stop()
      for (const { timer } of lately.values()) clearTimeout(timer)
    }
  }, [queries])
}

function hear(queries: QueryClient, { name, data }: OpsEvent, stale: (...keys: readonly string[]) => void): void {
  if (name.startsWith('ox.execution.')) {
    const isKnown = patchExecution(queries, data)
    const isOver = name !== 'ox.execution.started'
    stale('overview', ...(isOver ? ['executions-last'] : []), ...(isKnown ? [] : ['executions-head']))
    void queries.invalidateQueries({ queryKey: ['execution', data.id] })
  } else if (name.startsWith('ox.approval.')) stale('approvals', 'decided', 'overview', 'execution')
  else stale('agents', 'agent', 'overview', 'candidates', 'join-keys', 'workspaces')
}

/** A row that is shown becomes what it is now, where it stands. */
function patchExecution(queries: QueryClient, row: Record<string, unknown>): boolean {
  let isKnown = false
  queries.setQueriesData<InfiniteData<Page<Execution>>>({ queryKey: ['executions'] }, (shown) => {
    if (shown === undefined) return shown
    const has = shown.pages.some(({ data }) => data.some(({ id }) => id === row.id))
    if (!has) return shown
    isKnown = true
    const pages = shown.pages.map((page) => ({
      ...page,
      data: page.data.map((one) => (one.id === row.id ? { ...one, ...row } : one)),
    }))
    return { ...shown, pages }
  })
  return isKnown
}
