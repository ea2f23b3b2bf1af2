// What the editor of policies asks for. `policies` is what a change of one makes stale.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Client } from '@xerotier/client/client.ts'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import type { Schema } from '../ui/json-schema.ts'

const forEver = Number.POSITIVE_INFINITY

export const policiesQuery = (client: Client) =>
  queryOptions({
    queryKey: ['policies', client.project],
    queryFn: ({ signal }) => client.call('policies.list', { query: { limit: 100 }, signal }),
  })

export const policyQuery = (client: Client, policy: string) =>
  queryOptions({
    queryKey: ['policies', client.project, policy],
    queryFn: ({ signal }) => client.call('policies.show', { params: { policy }, signal }),
  })

export const policyVersionsQuery = (client: Client, policy: string) =>
  queryOptions({
    queryKey: ['policies', client.project, policy, 'versions'],
    queryFn: ({ signal }) => client.call('policies.versions', { params: { policy }, query: { limit: 100 }, signal }),
  })

export const policySchemaQuery = (client: Client) =>
  queryOptions({
    queryKey: ['policy-schema'],
    staleTime: forEver,
    queryFn: async ({ signal }): Promise<Schema> => client.call('policies.schema', { signal }),
  })

export const policyWordsQuery = (client: Client) =>
  queryOptions({
    queryKey: ['policy-words'],
    staleTime: forEver,
    queryFn: ({ signal }) => client.call('policies.words', { signal }),
  })

export const policyCheckQuery = (client: Client, json: string) =>
  queryOptions({
    queryKey: ['policy-check', client.project, json],
    staleTime: forEver,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => client.call('policies.check', { body: { document: JSON.parse(json) }, signal }),
  })

export const toolsQuery = (client: Client, workspace: string | undefined) =>
  queryOptions({
    queryKey: ['workspaces', workspace ?? '', 'tools', client.project],
    queryFn: ({ signal }) =>
      client.call('tools.list', { query: { ...(workspace === undefined ? {} : { workspace }), limit: 100 }, signal }),
  })

export const toolQuery = (client: Client, name: string) =>
  queryOptions({
    queryKey: ['workspaces', 'tool', client.project, name],
    staleTime: 60_000,
    queryFn: ({ signal }) => client.call('tools.show', { params: { name }, signal }),
  })

/** The router has looked at it, and looks again. */
export const written = (document: Readonly<Record<string, unknown>>) => document as PolicyInput
