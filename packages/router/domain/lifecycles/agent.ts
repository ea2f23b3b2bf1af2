// Agents move to another state: compare-and-set over their lifecycle, and their events in the same
// transaction.
import type { EventKind } from '@xerotier/protocol/events.ts'
import { type AgentState, agentLifecycle } from '@xerotier/protocol/lifecycles/agent.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { UpdateObject, UpdateQueryBuilder, UpdateResult } from 'kysely'
import type { AgentRow, Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface AgentMove {
  to: AgentState
  /** States that they may come from; default: all that the lifecycle allows. */
  from?: readonly AgentState[]
  set?: UpdateObject<Tables, 'agents'>
  /** What is said of each that moves; nothing of a move that others must not hear of. */
  event?: { kind: EventKind; actor: Actor; data?: Record<string, unknown> }
}

export type MovedAgent = Pick<AgentRow, 'id' | 'project_id' | 'name' | 'lease_epoch'>

type Update = UpdateQueryBuilder<Tables, 'agents', 'agents', UpdateResult>

/**
 * @param which narrows the update to the agents that it is about
 * @returns those that moved
 */
export async function moveAgents(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  which: (agents: Update) => Update,
  { to, from, set, event }: AgentMove,
): Promise<MovedAgent[]> {
  const moved = await which(tx.updateTable('agents').set({ ...set, state: to }))
    .where('state', 'in', from ?? sourcesOf(agentLifecycle, to))
    .returning(['id', 'project_id', 'name', 'lease_epoch'])
    .execute()
  if (event !== undefined) for (const { id, project_id } of moved) append({ ...event, project_id, agent_id: id })
  return moved
}

/** @returns undefined when it was not in a state to move from */
export async function moveAgent(
  writing: Pick<Writing, 'tx' | 'append'>,
  agentId: string,
  move: AgentMove,
): Promise<MovedAgent | undefined> {
  const [moved] = await moveAgents(writing, (agents) => agents.where('id', '=', agentId), move)
  return moved
}
