import { Fault } from '@xerotier/protocol/errors.ts'
import { type NamedExecutionRow, selectNamedExecution } from '../../store/executions.ts'
import { selectRemovedOf } from '../../store/retention.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'

/** @throws Fault execution_not_found, for another project's and for what is no id at all too */
export async function findExecution(
  core: Pick<Records, 'store'>,
  projectId: string,
  id: string,
): Promise<NamedExecutionRow> {
  const row = isUuid(id) ? await selectNamedExecution(core.store.db, projectId, id) : undefined
  if (row !== undefined) return row
  if (isUuid(id) && (await selectRemovedOf(core.store.db, projectId, id)).has('executions'))
    throw new Fault('execution_not_found', {
      message: 'There is no such execution in this project any more: those as old as it were removed.',
    })
  throw new Fault('execution_not_found')
}
