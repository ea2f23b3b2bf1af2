import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import { keyName } from '../../store/api-keys.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Core } from '../core.ts'
import { presentRow } from './present-row.ts'

/** The first answer again, for a submit whose idempotency key is known. @throws Fault idempotency_conflict when it was another request */
export async function replayed(
  core: Core,
  row: ExecutionRow,
  waitMs: number,
): Promise<{ execution: Execution; settled: boolean }> {
  let query = core.store.db
    .selectFrom('executions')
    .selectAll()
    .select(keyName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
    .where('project_id', '=', row.project_id)
  query =
    row.idempotency_key === null
      ? query.where('id', '=', row.id)
      : query.where('idempotency_key', '=', row.idempotency_key)
  const first = await query.executeTakeFirst()
  if (first === undefined) throw new Fault('internal_error', { message: 'The submit was neither stored nor found.' })
  if (first.request_digest !== row.request_digest) throw new Fault('idempotency_conflict', { param: 'Idempotency-Key' })
  if (isSettled(first.state) || waitMs === 0)
    return { execution: await presentRow(core, first, first.requested_by_name), settled: isSettled(first.state) }
  // It waits as the first one does. What ended between the look and the wait shows in a second look.
  const waiter = core.calls.waitFor(first.id, waitMs)
  const again = await query.executeTakeFirstOrThrow()
  const ended = isSettled(again.state) ? again : await waiter.settled
  waiter.stop()
  return { execution: await presentRow(core, ended ?? again, first.requested_by_name), settled: ended !== undefined }
}
