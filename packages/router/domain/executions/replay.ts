import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import { keyName } from '../../store/api-keys.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { presentRow } from './present-row.ts'

/** A submit by its idempotency key, or by its id when it has none. */
type Submit = Pick<ExecutionRow, 'project_id' | 'idempotency_key' | 'request_digest'> & { id?: string }

/**
 * The first answer again, for a submit that is known; undefined for one that is not.
 * @throws Fault idempotency_conflict when it was another request
 */
export async function replayed(
  core: Pick<Records, 'store'> & FleetView & Directory & Pick<Attempts, 'calls'>,
  submit: Submit,
  waitMs: number,
): Promise<{ execution: Execution; settled: boolean } | undefined> {
  let query = core.store.db
    .selectFrom('executions')
    .selectAll()
    .select(keyName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
    .where('project_id', '=', submit.project_id)
  query =
    submit.idempotency_key === null
      ? query.where('id', '=', submit.id!)
      : query.where('idempotency_key', '=', submit.idempotency_key)
  const first = await query.executeTakeFirst()
  if (first === undefined) return undefined
  if (first.request_digest !== submit.request_digest)
    throw new Fault('idempotency_conflict', { param: 'Idempotency-Key' })
  if (isSettled(first.state) || waitMs === 0)
    return { execution: await presentRow(core, first, first.requested_by_name), settled: isSettled(first.state) }
  // It waits as the first one does. What ended between the look and the wait shows in a second look.
  const waiter = core.calls.waitFor(first.id, waitMs)
  const again = await query.executeTakeFirstOrThrow()
  const ended = isSettled(again.state) ? again : await waiter.settled
  waiter.stop()
  return { execution: await presentRow(core, ended ?? again, first.requested_by_name), settled: ended !== undefined }
}
