import { type LegalHold, legalHoldSchema } from '@xerotier/protocol/api/legal-holds.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../store/database.ts'
import { type NamedLegalHoldRow, selectLegalHold, selectLegalHolds } from '../../store/legal-holds.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import { publicForm } from '../public-form.ts'
import type { Records } from '../records.ts'

const present = publicForm<LegalHold, NamedLegalHoldRow, undefined>(legalHoldSchema, { object: () => 'legal_hold' })
export const presentLegalHold = (row: NamedLegalHoldRow): LegalHold => present(row, undefined)

/** @throws Fault legal_hold_not_found */
export async function findLegalHold(db: Database | Tx, projectId: string, id: string): Promise<NamedLegalHoldRow> {
  const row = await selectLegalHold(db, projectId, id)
  if (row === undefined) throw new Fault('legal_hold_not_found')
  return row
}

/** @throws Fault invalid_request */
export async function listLegalHolds(
  { store }: Pick<Records, 'store'>,
  { projectId }: Member,
  query: {
    limit: number
    after?: string | undefined
    status: 'held' | 'released' | 'all'
    execution?: string | undefined
    incident?: string | undefined
  },
): Promise<Page<LegalHold>> {
  const { limit, after, status, execution: executionId, incident } = query
  const filter = { limit, after: idCursor('lgh', after), status, executionId, incident }
  const rows = await selectLegalHolds(store.db, projectId, filter)
  return toPage(rows, limit, presentLegalHold, ({ id }) => id)
}

/** @throws Fault legal_hold_not_found */
export async function showLegalHold({ store }: Pick<Records, 'store'>, actor: Member, id: string): Promise<LegalHold> {
  return presentLegalHold(await findLegalHold(store.db, actor.projectId, id))
}
