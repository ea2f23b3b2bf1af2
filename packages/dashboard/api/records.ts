// Lists of what is kept, sent and held.
import type { Client } from '@xerotier/client/client.ts'
import { paged } from './paged.ts'
import { given } from './queries.ts'

/** A hundred, and then all of them. */
export const decidedQuery = (client: Client) =>
  paged(['decided', client.project], (query, signal) =>
    client.call('approvals.list', {
      query: { ...query, status: 'approved,rejected,expired,cancelled,voided' },
      signal,
    }),
  )

export const exportsQuery = (client: Client) => ({
  ...paged(['exports', client.project], (query, signal) => client.call('exports.list', { query, signal })),
  refetchInterval: 3_000,
})

export const webhooksQuery = (client: Client) =>
  paged(['webhooks', client.project], (query, signal) => client.call('webhooks.list', { query, signal }))

export const channelsQuery = (client: Client) =>
  paged(['channels', client.project], (query, signal) => client.call('channels.list', { query, signal }))

export interface DeliveryFilter {
  state?: string | undefined
  channel?: string | undefined
}

export const deliveriesQuery = (client: Client, filter: DeliveryFilter) => ({
  ...paged(['deliveries', client.project, filter], (query, signal) =>
    client.call('deliveries.list', { query: { ...query, ...given(filter) }, signal }),
  ),
  refetchInterval: 10_000,
})

export const legalHoldsQuery = (client: Client, status: 'held' | 'released' | 'all') =>
  paged(['legal-holds', client.project, status], (query, signal) =>
    client.call('legalHolds.list', { query: { ...query, status }, signal }),
  )

export const pausesQuery = (client: Client, status: 'active' | 'all') => ({
  ...paged(['agents', 'pauses', client.project, status], (query, signal) =>
    client.call('pauses.list', { query: { ...query, status }, signal }),
  ),
  refetchInterval: 10_000,
})

export const agentEventsQuery = (client: Client, id: string) =>
  paged(['agent', id, 'events'], (query, signal) => client.call('agents.events', { params: { id }, query, signal }))

export const rotationsQuery = (client: Client, id: string) => ({
  ...paged(['agent', id, 'rotations'], (query, signal) =>
    client.call('agents.rotations', { params: { id }, query, signal }),
  ),
  refetchInterval: 5_000,
})
