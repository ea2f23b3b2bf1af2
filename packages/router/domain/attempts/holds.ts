// Workspaces whose queued calls wait for the end of a pause. Time under a pause does not count
// against their deadline: who contains an incident for an hour finds afterwards what was queued.
import { sql } from 'kysely'
import { selectPausedWorkspaces } from '../../store/agents.ts'
import { write } from '../events/write.ts'
import { type FleetView, takes } from '../fleet/fleet.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'

export interface Holds {
  /**
   * Finds what is held now, and gives back the time of what no longer is.
   * @returns ids of workspaces
   */
  look(): Promise<ReadonlySet<string>>
}

export function createHolds(core: Records & FleetView & { settings: Settings }): Holds {
  /** Since when, by workspace. */
  const projects = perProject(() => new Map<string, Date>())
  /** The first look counts a pause from its own time: it began before this process did. */
  let first = true

  const isServed = (projectId: string, workspaceId: string) =>
    core.fleet.inProject(projectId).some((agent) => takes(agent, workspaceId))

  return {
    async look() {
      const now = new Date(core.clock.now())
      const paused = (await selectPausedWorkspaces(core.store.db)).filter(
        ({ project_id, workspace_id }) => !isServed(project_id, workspace_id),
      )
      const ids = new Set(paused.map(({ workspace_id }) => workspace_id))
      for (const [, held] of projects.all()) {
        for (const [workspaceId, since] of held) {
          if (ids.has(workspaceId)) continue
          await resumeDeadlines(core, workspaceId, since)
          held.delete(workspaceId)
        }
      }
      for (const { project_id, workspace_id, since } of paused) {
        const held = projects.of(project_id)
        if (!held.has(workspace_id)) held.set(workspace_id, first ? since : now)
      }
      first = false
      return ids
    },
  }
}

/**
 * Gives the queued calls of a workspace as much time as each had left at `since`. One that was
 * queued later has all of it again.
 */
async function resumeDeadlines(
  core: Records & { settings: Settings },
  workspaceId: string,
  since: Date,
): Promise<void> {
  const all = sql`make_interval(secs => ${core.settings.queueSeconds})`
  await write(core, ({ tx, now }) =>
    tx
      .updateTable('executions')
      .set({ queue_deadline: sql<Date>`${now}::timestamptz + least(queue_deadline - ${since}::timestamptz, ${all})` })
      .where('state', '=', 'queued')
      .where('workspace_id', '=', workspaceId)
      .execute(),
  )
}
