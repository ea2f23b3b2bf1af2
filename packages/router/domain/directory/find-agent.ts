import { Fault } from '@xerotier/protocol/errors.ts'
import { selectAgent, selectAgentById, selectDeletedAgent } from '../../store/agents.ts'
import type { Database, Tx } from '../../store/database.ts'
import type { AgentRow } from '../../store/tables.ts'

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

/**
 * The id to filter history by. A deleted agent counts by its id, and by its name until another has
 * it.
 * @throws Fault agent_not_found
 */
export async function findAgentId(db: Database, projectId: string, reference: string): Promise<string> {
  if (reference.startsWith('agt_')) {
    const row = await selectAgentById(db, reference)
    if (row?.project_id === projectId) return row.id
  }
  const row = (await selectAgent(db, projectId, reference)) ?? (await selectDeletedAgent(db, projectId, reference))
  if (row === undefined) throw new Fault('agent_not_found', { param: 'agent' })
  return row.id
}
