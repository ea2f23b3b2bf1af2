// What serves what.
import { topologyQuerySchema, topologySchema } from '../api/topology.ts'
import { route } from '../route.ts'
import { inProject, management } from './paths-and-scopes.ts'

export const topologyRoutes = {
  'topology.show': route({
    method: 'GET',
    path: '/:project_id/v1/management/topology',
    tag: 'management',
    summary: 'Show which agents serve which workspaces with which tools, and who approves, now or at a time',
    auth: management,
    params: inProject,
    query: topologyQuerySchema,
    response: topologySchema,
    status: [200],
    errors: [],
  }),
} as const
