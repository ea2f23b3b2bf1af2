// Where each view of the dashboard is, of the sample's own records.
import type { Client } from '@xerotier/client/client.ts'

/** @returns paths below `/ops/`, by the name of the view */
export async function viewsOf(client: Client): Promise<Record<string, string>> {
  const { data: calls } = await client.call('executions.list', {})
  const call = calls.find(({ state, stdout_bytes }) => state === 'completed' && stdout_bytes > 0)?.id ?? ''
  const { data: agents } = await client.call('agents.list', {})
  const agent = agents.find(({ name }) => name === 'xem-jumphost-01')?.id ?? ''
  const { data: workspaces } = await client.call('workspaces.list', {})
  const workspace = workspaces.find(({ name }) => name === 'kubernetes-prod')?.id ?? ''
  return {
    overview: '',
    operations: 'operations',
    operation: `operations/${call}`,
    modal: `operations?open=${call}`,
    approvals: 'approvals',
    fleet: 'fleet',
    agent: `agents/${agent}`,
    'agent-workspaces': `agents/${agent}/workspaces`,
    workspace: `workspaces/${workspace}`,
    'workspace-policy': `workspaces/${workspace}?tab=policy`,
    policies: 'policies',
    agents: 'agents',
    graph: 'graph',
    templates: 'templates',
    audit: 'audit',
    pauses: 'pauses',
    notifications: 'notifications',
    exports: 'exports',
    'legal-holds': 'legal-holds',
    'legal-hold': 'legal-holds?do=create',
    people: 'people',
    keys: 'keys',
    account: 'account',
    empty: 'operations?status=timeout',
    lost: 'nowhere',
  }
}
