import type { Pause } from '@xerotier/protocol/api/pauses.ts'
import type { PauseRow } from '../../store/pauses.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { movePauses } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { applyResumes } from './apply.ts'
import { findPause, presentPause } from './read.ts'
import { requireAllWorkspaces } from './target.ts'

type Ending = Records & FleetView & Pick<Attempts, 'dispatcher'>

/**
 * What it held back is dispatched. One that is over already stays as it is.
 * @throws Fault pause_not_found, workspace_not_allowed
 */
export async function endPause(core: Ending, actor: Member, id: string): Promise<Pause> {
  const { projectId } = actor
  const known = await findPause(core.store.db, projectId, id)
  if (known.workspace_id === null) requireAllWorkspaces(actor)
  else requireWorkspace(actor, known.workspace_id)
  await resume(core, projectId, (writing) =>
    movePauses(writing, (pauses) => pauses.where('id', '=', id).where('project_id', '=', projectId), {
      to: 'ended',
      actor,
    }),
  )
  return presentPause(await findPause(core.store.db, projectId, id), undefined)
}

/** Ends pauses, whoever wants it, and lets go what they held back. */
export async function resume(
  core: Ending,
  projectId: string,
  work: Parameters<typeof write<PauseRow[]>>[1],
): Promise<PauseRow[]> {
  const ended = await write(core, work)
  await applyResumes(core, projectId, ended)
  return ended
}
