// Agents move to another state: compare-and-set over their lifecycle, and their events in the same
// transaction.
import type { EventKind } from '@xerotier/protocol/events.ts'
import { type AgentState, agentLifecycle, leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { sql, type UpdateObject, type UpdateQueryBuilder, type UpdateResult } from 'kysely'
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

/** An agent that takes the lease under a new epoch, and what it says of itself. */
export interface Activation {
  id: string
  lease_expires_at: Date
  journal_id: string
  hostname: string
  version: string
  max_concurrent_executions: number
  router_key_id: string
  features: readonly string[]
  wire_version: number
}

/**
 * Makes agents active, also from a session that they have still: one statement for all of them.
 * @returns those that moved
 */
export async function activateAgents(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  activations: readonly Activation[],
): Promise<MovedAgent[]> {
  const column = <Key extends keyof Activation>(key: Key) => activations.map((activation) => activation[key])
  const { rows } = await sql<MovedAgent>`
    update agents
    set state = 'active', lease_epoch = agents.lease_epoch + 1, lease_expires_at = lease.expires_at,
      last_heartbeat_at = ${now}, connected_at = ${now}, journal_id = lease.journal_id, hostname = lease.hostname,
      version = lease.version, max_concurrent_executions = lease.max_concurrent,
      router_key_id = lease.router_key_id, features = string_to_array(lease.features, ' '),
      wire_version = lease.wire_version
    from unnest(
      ${column('id')}::text[], ${column('lease_expires_at')}::timestamptz[], ${column('journal_id')}::text[],
      ${column('hostname')}::text[], ${column('version')}::text[], ${column('max_concurrent_executions')}::int[],
      ${column('router_key_id')}::text[], ${activations.map(({ features }) => features.join(' '))}::text[],
      ${column('wire_version')}::int[]
    ) as lease (id, expires_at, journal_id, hostname, version, max_concurrent, router_key_id, features, wire_version)
    where agents.id = lease.id and agents.deleted_at is null
      and agents.state = any(${[...sourcesOf(agentLifecycle, 'active'), 'active']}::text[])
    returning agents.id, agents.project_id, agents.name, agents.lease_epoch`.execute(tx)
  return rows
}

/** The session of an agent that ended, and when the agent was last heard of. */
export interface EndedLease {
  id: string
  leaseEpoch: number
  lastHeartbeatAt: number
}

/** Takes the leases of sessions that ended. @returns the ids of those that held them still */
export async function disconnectAgents(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  ended: readonly EndedLease[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update agents
    set state = 'disconnected', lease_expires_at = ${now}, last_heartbeat_at = lease.heartbeat_at
    from unnest(
      ${ended.map(({ id }) => id)}::text[], ${ended.map(({ leaseEpoch }) => leaseEpoch)}::int[],
      ${ended.map(({ lastHeartbeatAt }) => new Date(lastHeartbeatAt))}::timestamptz[]
    ) as lease (id, epoch, heartbeat_at)
    where agents.id = lease.id and agents.lease_epoch = lease.epoch and agents.state = any(${leasedAgentStates}::text[])
    returning agents.id`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}
