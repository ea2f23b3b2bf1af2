// Where calls go.
import { pageOf, pageQuerySchema } from '../api/page.ts'
import { bindSchema, workspaceCreateSchema, workspaceSchema } from '../api/workspaces.ts'
import { referenceSchema } from '../ids.ts'
import { route } from '../route.ts'
import { inProject, withId } from './paths-and-scopes.ts'

/** Whoever may call tools may see where. */
const workspaceRead = { anyOf: ['inference', 'execution'] } as const
/** As with templates upstream: what changes a workspace needs `management` on the same key. */
const workspaceWrite = ['inference', 'management'] as const

export const workspaceRoutes = {
  'workspaces.list': route({
    method: 'GET',
    path: '/:project_id/v1/workspaces',
    tag: 'workspaces',
    summary: 'List workspaces',
    auth: workspaceRead,
    params: inProject,
    query: pageQuerySchema,
    response: pageOf(workspaceSchema),
    status: [200],
    errors: [],
  }),
  'workspaces.create': route({
    method: 'POST',
    path: '/:project_id/v1/workspaces',
    tag: 'workspaces',
    summary: 'Create a workspace',
    auth: workspaceWrite,
    params: inProject,
    body: workspaceCreateSchema,
    response: workspaceSchema,
    status: [201],
    errors: ['name_taken'],
  }),
  'workspaces.show': route({
    method: 'GET',
    path: '/:project_id/v1/workspaces/:id',
    tag: 'workspaces',
    summary: 'Show a workspace and its agents',
    auth: workspaceRead,
    params: withId,
    response: workspaceSchema,
    status: [200],
    errors: ['workspace_not_found'],
  }),
  'workspaces.delete': route({
    method: 'DELETE',
    path: '/:project_id/v1/workspaces/:id',
    tag: 'workspaces',
    summary: 'Delete a workspace with its bindings, and keep the history of its calls',
    auth: workspaceWrite,
    params: withId,
    response: workspaceSchema,
    status: [200],
    errors: ['workspace_not_found', 'workspace_in_use'],
  }),
  'workspaces.bind': route({
    method: 'POST',
    path: '/:project_id/v1/workspaces/:id/bindings',
    tag: 'workspaces',
    summary: 'Bind an agent: it serves the workspace',
    auth: workspaceWrite,
    params: withId,
    body: bindSchema,
    response: workspaceSchema,
    status: [200],
    errors: ['workspace_not_found', 'agent_not_found'],
  }),
  'workspaces.unbind': route({
    method: 'DELETE',
    path: '/:project_id/v1/workspaces/:id/bindings/:agent',
    tag: 'workspaces',
    summary: 'Unbind an agent',
    auth: workspaceWrite,
    params: withId.extend({ agent: referenceSchema }),
    response: workspaceSchema,
    status: [200],
    errors: ['workspace_not_found', 'agent_not_found', 'binding_not_found'],
  }),
} as const
