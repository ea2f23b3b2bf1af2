import type { Retention } from '@xerotier/protocol/api/retention.ts'
import type { ProjectRow } from '../../store/projects.ts'
import { lockProject } from '../../store/projects.ts'
import { selectNow, selectStop } from '../../store/retention.ts'
import type { Writing } from '../events/write.ts'

const hourMs = 3_600_000

/**
 * From before when something is removed: whole hours, so that a pass of an hour has an end. Locks
 * the project, so that nobody holds anything of it meanwhile.
 * @param daysOf null is for ever
 * @returns undefined while nothing is removed
 */
export async function endOf(
  { tx, now }: Writing,
  projectId: string,
  daysOf: (project: Pick<ProjectRow, keyof Retention>) => number | null,
): Promise<Date | undefined> {
  const project = await lockProject(tx, projectId)
  const days = project === undefined ? null : daysOf(project)
  if (days === null || (await selectStop(tx, projectId)) !== null) return undefined
  const sure = Math.min(now.getTime(), (await selectNow(tx)).getTime())
  return new Date((Math.floor(sure / hourMs) - days * 24) * hourMs)
}
