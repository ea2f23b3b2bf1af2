// The pages that were read lately, for readers who were busy meanwhile: they read no database. What
// is made of a page for one reader is there for all, as all are given the very same arrays.
import type { EventRow, Place } from '../../store/event-reader.ts'
import { placeOf } from './cursor.ts'
import { type LoggedEvent, loggedEvent } from './event-log.ts'

export interface Page {
  /** The page after it begins at the very `to` of this one. */
  readonly from: Place
  readonly to: Place
  readonly size: number
  of(projectId: string, executionId: string | undefined): readonly LoggedEvent[]
}

const none: readonly LoggedEvent[] = Object.freeze([])
const rememberedEvents = 10_000

export function pageOf(from: Place, rows: readonly EventRow[]): Page {
  const last = rows.at(-1)
  const projects = Map.groupBy(rows.map(loggedEvent), ({ project_id }) => project_id)
  const executions = new Map<string, Map<string | null, LoggedEvent[]>>()
  return {
    from,
    to: last === undefined ? from : placeOf(last),
    size: rows.length,
    of(projectId, executionId) {
      const events = projects.get(projectId) ?? none
      if (executionId === undefined || events.length === 0) return events
      const known = executions.get(projectId) ?? Map.groupBy(events, ({ execution_id }) => execution_id)
      executions.set(projectId, known)
      return known.get(executionId) ?? none
    },
  }
}

export interface RecentPages {
  add(page: Page): void
  /** The page that begins at this very place; undefined when it is too long ago, or to come. */
  after(place: Place): Page | undefined
  clear(): void
}

export function createRecentPages(): RecentPages {
  const pages = new Map<Place, Page>()
  let events = 0
  return {
    add(page) {
      pages.set(page.from, page)
      events += page.size
      for (const [from, oldest] of pages) {
        if (events <= rememberedEvents) break
        pages.delete(from)
        events -= oldest.size
      }
    },
    after: (place) => pages.get(place),
    clear() {
      pages.clear()
      events = 0
    },
  }
}
