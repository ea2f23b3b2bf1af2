import type { AgentRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'

/** An agent whose credentials count. */
export type EnrolledAgent = AgentRow

/** Undefined for an agent that is unknown, deleted or suspended. */
export async function findEnrolled(core: Pick<Records, 'store'>, agentId: string): Promise<EnrolledAgent | undefined> {
  return core.store.db
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', agentId)
    .where('deleted_at', 'is', null)
    .where('state', '!=', 'suspended')
    .executeTakeFirst()
}
