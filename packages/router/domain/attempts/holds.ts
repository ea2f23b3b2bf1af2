// Queued calls that wait for the end of a pause, or after it for their turn. That time does not
// count against their deadline: who contains an incident for an hour finds afterwards what was
// queued before.
import { sql } from 'kysely'
import { selectPausedCalls } from '../../store/pauses.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { Attempts } from './attempts.ts'

export type Held = Pick<ExecutionRow, 'project_id' | 'workspace_id' | 'tool'>

export interface Holds {
  /** Finds what is held now, and gives back the time of what no longer is. */
  look(): Promise<readonly Held[]>
}

export function createHolds(core: Records & FleetView & Pick<Attempts, 'dispatcher'> & { settings: Settings }): Holds {
  const projects = perProject(() => new Map<string, { held: Held; since: Date }>())
  /** The first look counts a pause from its own time: it began before this process did. */
  let first = true

  const isServed = ({ project_id, workspace_id, tool }: Held) => core.fleet.takesCalls(project_id, workspace_id, tool)

  return {
    async look() {
      const now = new Date(core.clock.now())
      const paused = (await selectPausedCalls(core.store.db)).filter((held) => !isServed(held))
      const keys = new Set(paused.map(keyOf))
      const eased: Held[] = []
      for (const [, holds] of projects.all()) {
        for (const [key, { held, since }] of holds) {
          if (keys.has(key)) continue
          if (core.dispatcher.isEased(held)) {
            eased.push(held)
            continue
          }
          await resumeDeadlines(core, held, since)
          holds.delete(key)
        }
      }
      for (const held of paused) {
        const holds = projects.of(held.project_id)
        if (!holds.has(keyOf(held))) holds.set(keyOf(held), { held, since: first ? held.since : now })
      }
      first = false
      return [...paused, ...eased]
    },
  }
}

const keyOf = ({ workspace_id, tool }: Held) => `${workspace_id} ${tool}`

/**
 * Gives queued calls as much time from now on as each had left at `since`. One that was queued
 * later has all of it again.
 */
async function resumeDeadlines(core: Records & { settings: Settings }, held: Held, since: Date): Promise<void> {
  const all = sql`make_interval(secs => ${core.settings.queueSeconds})`
  await write(core, ({ tx, now }) =>
    tx
      .updateTable('executions')
      .set({ queue_deadline: sql<Date>`${now}::timestamptz + least(queue_deadline - ${since}::timestamptz, ${all})` })
      .where('state', '=', 'queued')
      .where('workspace_id', '=', held.workspace_id)
      .where('tool', '=', held.tool)
      .execute(),
  )
}
