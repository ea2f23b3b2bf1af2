// What a pause would touch: counts of what waits and runs.
import { type ExecutionState, inFlightExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { PauseTarget } from './pauses.ts'

export interface Counted {
  workspace_id: string
  workspace: string
  tool: string
  risk: Risk
  state: ExecutionState
  agent_id: string | null
  count: number
}

/**
 * Unfinished calls by workspace, tool, state and agent. Of an agent those that it runs, and those
 * that wait in the workspaces that it serves.
 */
export async function countTouched(db: Database, projectId: string, target: PauseTarget): Promise<Counted[]> {
  const { agent_id, workspace_id, tool } = target
  const counted = db
    .selectFrom('executions')
    .innerJoin('workspaces', 'workspaces.id', 'executions.workspace_id')
    .select((eb) => [
      ...(['workspace_id', 'tool', 'risk', 'state', 'agent_id'] as const),
      'workspaces.name as workspace',
      eb.fn.countAll<number>().as('count'),
    ])
    .where('executions.project_id', '=', projectId)
    .$if(workspace_id !== null, (query) => query.where('workspace_id', '=', workspace_id ?? ''))
    .$if(tool !== null, (query) => query.where('tool', '=', tool ?? ''))
    .groupBy(['workspace_id', 'tool', 'risk', 'executions.state', 'agent_id', 'workspaces.name'])
  // Apart, as each has an index of its own.
  const running = counted
    .where('executions.state', 'in', inFlightExecutionStates)
    .$if(agent_id !== null, (query) => query.where('agent_id', '=', agent_id ?? ''))
  const waiting = counted
    .where('executions.state', 'in', ['queued', 'pending_approval'])
    .$if(agent_id !== null, (query) =>
      query.where(
        sql<boolean>`exists (select from workspace_agent_bindings as binding
        where binding.agent_id = ${agent_id} and binding.workspace_id = executions.workspace_id)`,
      ),
    )
  return [...(await running.execute()), ...(await waiting.execute())]
}

/** The workspaces of a project, or those that an agent serves, with their agents; oldest first. */
export function selectServing(db: Database, projectId: string, { agent_id, workspace_id }: PauseTarget) {
  return db
    .selectFrom('workspaces')
    .leftJoin('workspace_agent_bindings as binding', 'binding.workspace_id', 'workspaces.id')
    .leftJoin('agents', 'agents.id', 'binding.agent_id')
    .select(['workspaces.id as workspace_id', 'workspaces.name as workspace'])
    .select(['agents.id as agent_id', 'agents.name as agent', 'agents.state'])
    .where('workspaces.project_id', '=', projectId)
    .where('workspaces.deleted_at', 'is', null)
    .$if(workspace_id !== null, (query) => query.where('workspaces.id', '=', workspace_id ?? ''))
    .$if(agent_id !== null, (query) => query.where('agents.id', '=', agent_id ?? ''))
    .orderBy('workspaces.id')
    .orderBy('agents.id')
    .execute()
}
