import { Fault } from '@xerotier/protocol/errors.ts'
import { selectSubmitted } from '../../store/executions.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'

/** A call on record, with the name of its requester. */
export interface Submitted {
  row: ExecutionRow
  requestedBy: string | null
}

/**
 * The first call of a submit that is known; undefined for one that is not.
 * @param submit by its idempotency key, or by its id when it has none
 * @throws Fault idempotency_conflict when it was another request
 */
export async function findSubmitted(
  { store }: Pick<Records, 'store'>,
  submit: Pick<ExecutionRow, 'id' | 'project_id' | 'idempotency_key' | 'request_digest'>,
): Promise<Submitted | undefined> {
  const first = await selectSubmitted(store.db, submit)
  if (first === undefined) return undefined
  if (first.request_digest !== submit.request_digest)
    throw new Fault('idempotency_conflict', { param: 'Idempotency-Key' })
  return { row: first, requestedBy: first.requested_by_name }
}
