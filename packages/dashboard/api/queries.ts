// What pages ask for, each under the name by which events make it stale.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Client } from '@xerotier/client/client.ts'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { OpenSession } from '@xerotier/protocol/api/sessions.ts'
import { settledStates } from './protocol.data.ts'

/** Of what no event tells. */
const oftenMs = 10_000

export interface OperationFilter {
  status?: string | undefined
  risk?: string | undefined
  tool?: string | undefined
  workspace?: string | undefined
  agent?: string | undefined
  requester?: string | undefined
  /** `1h`, or a time. */
  since?: string | undefined
  until?: string | undefined
}

const spansMs: Record<string, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 }

/** From `1h` to a time. A time is itself, and whatever else stands there the router refuses. */
function sinceOf(span: string | undefined): string | undefined {
  const ms = span === undefined ? undefined : spansMs[span]
  return ms === undefined ? span : new Date(Date.now() - ms).toISOString()
}

export function may(session: OpenSession, scope: 'execution' | 'management' | 'inference'): boolean {
  return session.scopes.includes(scope)
}

const operationsPage = 100
const mostAgents = 1_000
/** That wait at once: more than anybody reads. */
const mostApprovals = 1_000
const mostPeople = 1_000

export const operationsQuery = (client: Client, filter: OperationFilter) =>
  infiniteQueryOptions({
    queryKey: ['executions', client.project, filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam === '' ? {} : { after: pageParam }
      const query = { ...filter, since: sinceOf(filter.since), limit: operationsPage, ...after }
      return client.call('executions.list', { query: given(query), signal })
    },
    getNextPageParam: (page) => (page.has_more && page.last_id !== null ? page.last_id : undefined),
  })

/** The newest alone: whether there is more than is shown. */
export const newestQuery = (client: Client, filter: OperationFilter) =>
  queryOptions({
    queryKey: ['executions-head', client.project, filter],
    refetchInterval: oftenMs,
    queryFn: ({ signal }) =>
      client.call('executions.list', { query: given({ ...filter, since: sinceOf(filter.since), limit: 1 }), signal }),
  })

export const operationQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ['execution', id],
    queryFn: ({ signal }) => client.call('executions.show', { params: { id }, signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined || settledStates.includes(state.data.state) ? false : 2000,
  })

/** All of it: who shows it has looked at how large it is. */
export const artifactQuery = (client: Client, id: string, artifact_id: string) =>
  queryOptions({
    queryKey: ['artifact', id, artifact_id],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const { body } = await client.bytes('executions.artifact', { params: { id, artifact_id }, signal })
      return new Uint8Array(await new Response(body).arrayBuffer())
    },
  })

export const auditOfQuery = (client: Client, subject: string) =>
  queryOptions({
    queryKey: ['audit', client.project, 'of', subject],
    queryFn: ({ signal }) => client.call('audit.records', { query: { subject, limit: 100 }, signal }),
  })

export const approvalsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['approvals', client.project],
    queryFn: async ({ signal }) => ({
      data: await every(client.items('approvals.list', { query: { limit: 100 }, signal }, mostApprovals)),
    }),
    refetchInterval: oftenMs,
  })

/** Whether the one who sits here may decide, and why not. */
export const standingQuery = (client: Client, { id, asked: { stage } }: Pick<Approval, 'id' | 'asked'>) =>
  queryOptions({
    queryKey: ['standing', id, stage],
    queryFn: ({ signal }) => client.call('approvals.standing', { params: { id }, signal }),
    refetchInterval: oftenMs,
  })

/** The last one of a tool that completed in a workspace. */
export const lastCallQuery = (client: Client, tool: string, workspace: string) =>
  queryOptions({
    queryKey: ['executions-last', client.project, tool, workspace],
    staleTime: oftenMs,
    queryFn: ({ signal }) =>
      client.call('executions.list', { query: { tool, workspace, status: 'completed', limit: 1 }, signal }),
  })

export const healthQuery = (client: Client) =>
  queryOptions({
    queryKey: ['overview', 'health', client.project],
    queryFn: ({ signal }) => client.call('health.dashboard', { signal }),
    refetchInterval: oftenMs,
  })

export const historyQuery = (client: Client) =>
  queryOptions({
    queryKey: ['history', client.project],
    queryFn: ({ signal }) => client.call('health.history', { signal }),
    refetchInterval: 60_000,
    staleTime: 30_000,
  })

export const failuresQuery = (client: Client) =>
  queryOptions({
    queryKey: ['overview', 'failures', client.project],
    queryFn: ({ signal }) => {
      const query = { status: 'failed,timeout', since: sinceOf('24h') ?? '', limit: 6 }
      return client.call('executions.list', { query, signal })
    },
  })

export const reviewsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['overview', 'reviews', client.project],
    queryFn: ({ signal }) =>
      client.call('approvals.list', { query: { review: 'due', status: 'all', limit: 20 }, signal }),
  })

export const agentsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['agents', client.project],
    queryFn: ({ signal }) => every(client.items('agents.list', { signal }, mostAgents)),
    refetchInterval: oftenMs,
  })

export const agentQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ['agent', id],
    queryFn: ({ signal }) => client.call('agents.show', { params: { id }, signal }),
    refetchInterval: oftenMs,
  })

export const joinKeysQuery = (client: Client) =>
  queryOptions({
    queryKey: ['join-keys', client.project],
    queryFn: ({ signal }) => client.call('joinKeys.list', { query: { limit: 50 }, signal }),
  })

export const candidatesQuery = (client: Client) =>
  queryOptions({
    queryKey: ['candidates', client.project],
    queryFn: ({ signal }) => client.call('candidates.list', { query: { limit: 50 }, signal }),
  })

export const workspacesQuery = (client: Client) =>
  queryOptions({
    queryKey: ['workspaces', client.project],
    queryFn: ({ signal }) => every(client.items('workspaces.list', { signal }, mostAgents)),
  })

/** Now, and told by events; or at a time, which stays as it was. */
export const topologyQuery = (client: Client, at?: string) =>
  queryOptions({
    queryKey: ['topology', client.project, at ?? ''],
    queryFn: ({ signal }) => client.call('topology.show', { query: given({ at }), signal }),
    ...(at === undefined ? { refetchInterval: 3 * oftenMs } : { staleTime: Number.POSITIVE_INFINITY }),
  })

export const membersQuery = (client: Client) =>
  queryOptions({
    queryKey: ['members', client.project],
    queryFn: ({ signal }) => every(client.items('members.list', { signal }, mostPeople)),
  })

/** Who looks at the project now. */
export const memberSessionsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['member-sessions', client.project],
    refetchInterval: oftenMs,
    queryFn: ({ signal }) => every(client.items('sessions.list', { signal }, mostPeople)),
  })

export const groupsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['groups', client.project],
    queryFn: ({ signal }) => every(client.items('groups.list', { signal }, mostPeople)),
  })

export const invitationsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['invitations', client.project],
    queryFn: ({ signal }) => client.call('invitations.list', { query: { limit: 100 }, signal }),
  })

export const delegationsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['delegations', client.project],
    queryFn: ({ signal }) => client.call('delegations.list', { query: { limit: 100 }, signal }),
  })

export const keysQuery = (client: Client) =>
  queryOptions({
    queryKey: ['keys', client.project],
    queryFn: ({ signal }) => client.call('apiKeys.list', { query: { limit: 100 }, signal }),
  })

/** Without what was left out. */
export function given<T extends object>(query: T): T {
  const kept = { ...query }
  for (const [name, value] of Object.entries(query))
    if (value === undefined || value === '') Reflect.deleteProperty(kept, name)
  return kept
}

async function every<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const item of items) read.push(item)
  return read
}
