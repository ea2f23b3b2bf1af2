// OpenAPI 3.1 from the same tables and schemas that the server enforces.
import { errors } from '@xerotier/protocol/errors.ts'
import { type Route, routeTags } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { components } from './components.ts'
import { operationOf } from './operation.ts'

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
    tags: Object.entries(routeTags).map(([name, description]) => ({ name, description })),
    paths,
    components: components(),
    'x-errors': errors,
  }
}
