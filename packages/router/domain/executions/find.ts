import { Fault } from '@xerotier/protocol/errors.ts'
import { type NamedExecutionRow, selectNamedExecution } from '../../store/executions.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'

/** @throws Fault execution_not_found, for another project's and for what is no id at all too */
export async function findExecution(
  core: Pick<Records, 'store'>,
  projectId: string,
  id: string,
): Promise<NamedExecutionRow> {
  const row = isUuid(id) ? await selectNamedExecution(core.store.db, projectId, id) : undefined
  if (row === undefined) throw new Fault('execution_not_found')
  return row
}
