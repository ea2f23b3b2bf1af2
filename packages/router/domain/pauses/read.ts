import { type Pause, pauseSchema } from '@xerotier/protocol/api/pauses.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { pauseStates } from '@xerotier/protocol/lifecycles/pause.ts'
import type { Database, Tx } from '../../store/database.ts'
import { type NamedPauseRow, type PauseKind, selectPause, selectPauses } from '../../store/pauses.ts'
import type { Member } from '../actor.ts'
import { findAgentId } from '../directory/find-agent.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { targetOf } from '../lifecycles/pause.ts'
import { idCursor, type Page, toPage, wordsOf } from '../page.ts'
import { publicForm } from '../public-form.ts'
import type { Records } from '../records.ts'

export const presentPause = publicForm<Pause, NamedPauseRow, undefined>(pauseSchema, {
  object: () => 'pause',
  target: targetOf,
})

/** @throws Fault pause_not_found */
export async function findPause(db: Database | Tx, projectId: string, id: string): Promise<NamedPauseRow> {
  const row = await selectPause(db, projectId, id)
  if (row === undefined) throw new Fault('pause_not_found')
  return row
}

export interface PauseQuery {
  limit: number
  after?: string | undefined
  status?: string | undefined
  target?: PauseKind | undefined
  agent?: string | undefined
  workspace?: string | undefined
  tool?: string | undefined
  incident?: string | undefined
}

/** @throws Fault invalid_request, agent_not_found, workspace_not_found */
export async function listPauses(
  core: Pick<Records, 'store'> & Directory,
  { projectId }: Member,
  query: PauseQuery,
): Promise<Page<Pause>> {
  const { db } = core.store
  const states = query.status === 'all' ? undefined : wordsOf(query.status ?? 'active', 'status', pauseStates)
  const { target, agent, workspace, tool, incident, limit } = query
  const rows = await selectPauses(db, projectId, {
    ...{ limit, after: idCursor('pse', query.after), states, target, tool, incident },
    agentId: agent === undefined ? undefined : await findAgentId(db, projectId, agent),
    workspaceId: workspace === undefined ? undefined : (await findWorkspaceOfHistory(core, projectId, workspace)).id,
  })
  return toPage(
    rows,
    limit,
    (row) => presentPause(row, undefined),
    (pause) => pause.id,
  )
}

/** @throws Fault pause_not_found */
export async function showPause(core: Pick<Records, 'store'>, actor: Member, id: string): Promise<Pause> {
  return presentPause(await findPause(core.store.db, actor.projectId, id), undefined)
}
