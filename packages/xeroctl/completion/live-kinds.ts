// What of the router can stand on the line, and how it is asked for: one page each.
import type { Client } from '@xerotier/client/client.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { subjectOf } from '../views/pauses.ts'

export interface Offered {
  value: string
  /** Beside it, where the shell shows that. */
  about: string
}

const limit = limits.pageMax

export const liveKinds = {
  workspaces: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('workspaces.list', { query: { limit } })
    return data.map(({ name, type }) => ({ value: name, about: type }))
  },
  tools: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('tools.list', { query: { limit } })
    return data.map(({ name, risk, description }) => ({ value: name, about: `${risk}: ${description}` }))
  },
  agents: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('agents.list', { query: { limit } })
    return data.map(({ name, health, region }) => ({ value: name, about: `${health}, ${region}` }))
  },
  approvals: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('approvals.list', { query: { limit } })
    return data.map(({ id, tool, risk, workspace }) => ({ value: id, about: `${tool} (${risk}) in ${workspace}` }))
  },
  executions: (client: Client) => executions(client, undefined),
  /** That can be cancelled. */
  unfinished: (client: Client) => executions(client, 'pending_approval,queued,dispatched,running'),
  /** That somebody must resolve. */
  doubtful: (client: Client) => executions(client, 'ambiguous'),
  keys: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('apiKeys.list', { query: { limit } })
    return data.filter((key) => key.is_active).map(({ id, name }) => ({ value: id, about: name }))
  },
  webhooks: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('webhooks.list', { query: { limit } })
    return data.map(({ id, url }) => ({ value: id, about: url }))
  },
  channels: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('channels.list', { query: { limit } })
    return data.map(({ id, kind, name }) => ({ value: id, about: `${kind}: ${name}` }))
  },
  members: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('members.list', { query: { limit } })
    return data.map(({ email, name, role }) => ({ value: email, about: `${name}, ${role}` }))
  },
  groups: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('groups.list', { query: { limit } })
    return data.map(({ name, members }) => ({ value: name, about: members.map((member) => member.name).join(', ') }))
  },
  delegations: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('delegations.list', { query: { limit } })
    return data.map(({ id, kind, from_name, to_name }) => ({ value: id, about: `${kind}, ${from_name} to ${to_name}` }))
  },
  invitations: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('invitations.list', { query: { limit } })
    return data.map(({ id, email, state }) => ({ value: id, about: `${email}, ${state}` }))
  },
  /** Those that are active. */
  pauses: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('pauses.list', { query: { limit } })
    return data.map((pause) => ({
      value: pause.id,
      about: `${subjectOf(pause)}${pause.incident === null ? '' : `, ${pause.incident}`}`,
    }))
  },
  /** Those that hold. */
  'legal-holds': async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('legalHolds.list', { query: { limit } })
    return data.map(({ id, execution_id, reason }) => ({
      value: id,
      about: `${execution_id ?? 'the project'}, ${reason}`,
    }))
  },
  candidates: async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('candidates.list', { query: { limit } })
    return data.map(({ id, name, hostname }) => ({ value: id, about: `${name} on ${hostname}` }))
  },
  'join-keys': async (client: Client): Promise<Offered[]> => {
    const { data } = await client.call('joinKeys.list', { query: { limit } })
    return data.map(({ id, name, state }) => ({ value: id, about: `${name}, ${state}` }))
  },
}

export type LiveKind = keyof typeof liveKinds | 'contexts'

async function executions(client: Client, status: string | undefined): Promise<Offered[]> {
  const { data } = await client.call('executions.list', { query: { limit: limits.pageDefault, status } })
  return data.map(({ id, tool, state, workspace }) => ({ value: id, about: `${tool} in ${workspace}, ${state}` }))
}
