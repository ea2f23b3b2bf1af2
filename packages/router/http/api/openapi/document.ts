// OpenAPI 3.1 from the same tables and schemas that the server enforces.
import { errors } from '@xerotier/protocol/errors.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { components } from './components.ts'
import { operationOf } from './operation.ts'

const tags: Record<string, string> = {
  health: 'Whether the router runs, and what it can say of itself. No key is needed.',
  enrollment: 'How an agent joins: with a join key, and later with its own.',
  management: 'The project and its settings.',
  agents: 'The hosts that run tools.',
  'join keys': 'What an agent enrolls with, once.',
  'API keys': 'Who may call this API.',
  workspaces: 'What tools act on, and which agents serve it.',
  execution: 'Tools, calls, and what came of them.',
  approvals: 'Decisions of people on gated calls.',
  people: 'Members of a project, their groups, delegations and invitations.',
  policies: 'Who must approve what: versions of policies, tried before they decide.',
  notifications: 'Who is told of events: webhooks, chats, pagers and mail, and what became of each delivery.',
}

export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const id of routeIds) {
    const { path, method }: Route = routes[id]
    const shown = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[shown] = { ...paths[shown], [method.toLowerCase()]: operationOf(id) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Xerotier XEM router',
      version,
      description: 'Governed tool calls on agents, with a human approval gate.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'The operators of this router' },
    },
    servers: [{ url: '/', description: 'This router' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: components(),
    'x-errors': errors,
  }
}
