import type { Export, ExportFormat, ExportType } from '@xerotier/protocol/api/exports.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { exportStates } from '@xerotier/protocol/lifecycles/export.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { countExports, selectExport, selectExports } from '../../store/exports.ts'
import type { ExportRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { idCursor, type Page, toPage, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { presentExport } from './present.ts'

/** @throws Fault invalid_body, workspace_not_found, limit_reached */
export async function createExport(
  core: Records & Directory,
  actor: Member,
  body: { type: ExportType; format: ExportFormat; since: string; until: string; workspace?: string | undefined },
): Promise<Export> {
  const { type, format } = body
  const [since, until] = [new Date(body.since), new Date(body.until)]
  if (since >= until) throw invalid('until', 'must come after since')
  if ((format === 'cef' || format === 'ocsf') && type !== 'audit')
    throw invalid('format', `${format} is of the type audit alone`)
  if (body.workspace !== undefined && type !== 'executions' && type !== 'approvals')
    throw invalid('workspace', `narrows executions and approvals, and no ${type}`)
  const workspace =
    body.workspace === undefined ? undefined : await findWorkspaceOfHistory(core, actor.projectId, body.workspace)
  return write(core, async ({ tx, now, append }) => {
    const { projectId: project_id } = actor
    const most = limits.exportsPerProject
    if ((await countExports(tx, project_id, most)) >= most)
      throw new Fault('limit_reached', { message: `The project has ${most} exports: delete some first.` })
    const id = newId('exp', now.getTime())
    const row = await tx
      .insertInto('exports')
      .values({
        ...{ id, project_id, type, format, since, until, state: 'pending', created_by: actor.id, created_at: now },
        workspace_id: workspace?.id ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    append({ project_id, kind: 'export.created', actor, data: { export_id: id, type, format, since, until } })
    return presentExport(row)
  })
}

function invalid(param: string, message: string): Fault {
  return new Fault('invalid_body', { message: `${param}: ${message}`, param })
}

/** Newest first. @throws Fault invalid_request */
export async function listExports(
  core: Pick<Records, 'store'>,
  actor: Member,
  query: { limit: number; after?: string | undefined; state?: string | undefined },
): Promise<Page<Export>> {
  const rows = await selectExports(core.store.db, actor.projectId, {
    limit: query.limit,
    after: idCursor('exp', query.after),
    states: wordsOf(query.state, 'state', exportStates),
  })
  return toPage(rows, query.limit, presentExport, ({ id }) => id)
}

/** @throws Fault export_not_found */
export async function findExport(core: Pick<Records, 'store'>, actor: Member, id: string): Promise<ExportRow> {
  const row = await selectExport(core.store.db, actor.projectId, id)
  if (row === undefined) throw new Fault('export_not_found')
  return row
}

/** One that is being made ends at its next step. @throws Fault export_not_found */
export async function deleteExport(
  core: Records & { archives: { remove(id: string): void } },
  actor: Member,
  id: string,
): Promise<Export> {
  const row = await findExport(core, actor, id)
  await write(core, async ({ tx, append, after }) => {
    await tx.deleteFrom('exports').where('id', '=', id).execute()
    append({ project_id: actor.projectId, kind: 'export.deleted', actor, data: { export_id: id } })
    after(() => core.archives.remove(id))
  })
  return presentExport(row)
}
