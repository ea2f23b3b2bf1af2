import { ApiError } from '@xerotier/client/api-error.ts'
import type { Client } from '@xerotier/client/client.ts'
import { agentName } from './agent.ts'

/** What a newcomer finds; only the machine itself is bound, as the others need credentials. */
const samples = [
  { name: 'local-host', type: 'host', description: 'The machine that npm start runs on', bound: true },
  {
    name: 'kubernetes-staging',
    type: 'kubernetes',
    description: 'Bind it to an agent with a kubeconfig',
    bound: false,
  },
  { name: 'aws-sandbox', type: 'aws', description: 'Bind it to an agent with AWS credentials', bound: false },
] as const

/**
 * Makes the samples once for a project; what an operator changed
 * or removed since stays so. Answers the names that it made.
 */
export async function makeSampleWorkspaces(client: Client, already: boolean): Promise<string[]> {
  const made: string[] = []
  for (const { bound: _, ...body } of already ? [] : samples) {
    try {
      await client.call('workspaces.create', { body })
      made.push(body.name)
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'name_taken')) throw error
    }
  }
  return made
}

/**
 * For an agent that no binding knows: the first one, or one that took the place of a deleted one.
 */
export async function bindSampleWorkspaces(client: Client): Promise<void> {
  for (const { bound, name } of samples) {
    if (!bound) continue
    try {
      await client.call('workspaces.bind', { params: { id: name }, body: { agent: agentName } })
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'workspace_not_found')) throw error
    }
  }
}
