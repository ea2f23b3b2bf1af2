// What the stream makes stale, and what it shows at once: a row that an event brings stands where a
// list would bring it, and the list is asked for after it.

import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { useEffect } from 'react'
import { batched } from './batch.ts'
import { followStream, type OpsEvent, onBack, onOpsEvent } from './stream.ts'

export interface Page<Item> {
  data: Item[]
  has_more: boolean
  last_id: string | null
}

/** At most so often is one thing asked for again, however much happens; the first time at once. */
const settleMs = 400
/** The same of what is much to ask for. */
const settleLongMs: Partial<Record<string, number>> = {
  topology: 3_000,
  overview: 2_000,
  agents: 1_000,
  approvals: 1_000,
  decided: 1_000,
}
/** What the event has shown already, or nobody looks at meanwhile, waits until that is drawn. */
const afterMs: Partial<Record<string, number>> = { approvals: 300, decided: 300, overview: 200, topology: 300 }
/** Events that come so soon after another are shown with others. */
const togetherMs = 40

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
      }, settleLongMs[key] ?? settleMs)
      lately.set(key, { more: false, timer })
      void queries.invalidateQueries({ queryKey: [key] })
    }
    const stale = (keys: Iterable<string>) => {
      for (const key of keys) {
        const asked = lately.get(key)
        const wait = afterMs[key]
        if (asked !== undefined) asked.more = true
        else if (wait === undefined) ask(key)
        else lately.set(key, { more: true, timer: setTimeout(() => ask(key), wait) })
      }
    }
    const batch = batched<OpsEvent>((events) => stale(hear(queries, events)), togetherMs)
    const stops = [
      followStream(),
      onOpsEvent((event) => batch.add(event)),
      onBack(() => void queries.invalidateQueries()),
      batch.stop,
    ]
    return () => {
      for (const stop of stops) stop()
      for (const { timer } of lately.values()) clearTimeout(timer)
    }
  }, [queries])
}

/** @returns what is stale now */
function hear(queries: QueryClient, events: readonly OpsEvent[]): Set<string> {
  const stale = new Set<string>()
  const say = (...keys: readonly string[]) => {
    for (const key of keys) stale.add(key)
  }
  const calls = new Map<unknown, Record<string, unknown>>()
  const asked = new Map<string, Approval>()
  const decided = new Set<unknown>()
  for (const { name, data } of events) {
    if (name.startsWith('ox.execution.')) {
      calls.set(data.id, data)
      if (name !== 'ox.execution.started') say('executions-last')
      say('overview')
    } else if (name.startsWith('ox.approval.')) {
      if (name === 'ox.approval.requested' || name === 'ox.approval.escalated') {
        if (isApproval(data)) asked.set(data.id, data)
      } else decided.add(data.id)
      say('approvals', 'standing', 'decided', 'overview', 'execution')
    } else say('agents', 'agent', 'overview', 'candidates', 'join-keys', 'workspaces', 'topology')
  }
  if (calls.size > 0) {
    if (patchExecutions(queries, calls) < calls.size) say('executions-head')
    for (const id of calls.keys()) void queries.invalidateQueries({ queryKey: ['execution', id] })
  }
  if (asked.size + decided.size > 0) patchApprovals(queries, asked, decided)
  return stale
}

/** The stream tells the rows of lists: `protocol/ops-events.ts`. */
const isApproval = (data: Record<string, unknown>): data is Record<string, unknown> & Approval =>
  data.object === 'approval' && data.state === 'pending'

/** A row that is shown becomes what it is now, where it stands. @returns how many are shown */
function patchExecutions(queries: QueryClient, calls: ReadonlyMap<unknown, Record<string, unknown>>): number {
  const known = new Set<string>()
  queries.setQueriesData<InfiniteData<Page<Execution>>>({ queryKey: ['executions'] }, (shown) => {
    if (shown === undefined || !shown.pages.some(({ data }) => data.some(({ id }) => calls.has(id)))) return shown
    const pages = shown.pages.map((page) => ({
      ...page,
      data: page.data.map((one) => {
        const now = calls.get(one.id)
        if (now === undefined) return one
        known.add(one.id)
        return { ...one, ...now }
      }),
    }))
    return { ...shown, pages }
  })
  return known.size
}

/** What is asked for stands in the queue, and what is decided does not, before it is asked for. */
function patchApprovals(
  queries: QueryClient,
  asked: ReadonlyMap<string, Approval>,
  decided: ReadonlySet<unknown>,
): void {
  queries.setQueriesData<{ data: Approval[] }>({ queryKey: ['approvals'] }, (shown) => {
    if (shown === undefined) return shown
    const stays = shown.data.filter(({ id }) => !asked.has(id) && !decided.has(id))
    const fresh = [...asked.values()].filter(({ id }) => !decided.has(id))
    return { ...shown, data: [...fresh, ...stays] }
  })
}
