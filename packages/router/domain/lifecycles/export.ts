// Exports move to another state: compare-and-set over their lifecycle.
import { type ExportState, exportLifecycle } from '@xerotier/protocol/lifecycles/export.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { ExportRow, Tables } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'

/** @returns the export as it is now; undefined when it did not move, as when it was deleted */
export function moveExport(
  { tx }: Pick<Writing, 'tx'>,
  id: string,
  to: ExportState,
  set: Updateable<Tables['exports']> = {},
): Promise<ExportRow | undefined> {
  return tx
    .updateTable('exports')
    .set({ ...set, state: to })
    .where('id', '=', id)
    .where('state', 'in', sourcesOf(exportLifecycle, to))
    .returningAll()
    .executeTakeFirst()
}
