import { Fault } from '@xerotier/protocol/errors.ts'
import { type AgentRow, selectAgent } from '../../store/agents.ts'
import type { Database, Tx } from '../../store/database.ts'

/** @throws Fault agent_not_found, for another project's and for a deleted one too */
export async function findAgent(
  db: Database | Tx,
  projectId: string,
  reference: string,
  param?: string,
): Promise<AgentRow> {
  const row = await selectAgent(db, projectId, reference)
  if (row === undefined) throw new Fault('agent_not_found', param === undefined ? {} : { param })
  return row
}
