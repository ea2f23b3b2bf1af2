// What is stopped, by whom, why, and until when.
import { pageOf } from '../api/page.ts'
import {
  pauseCreateSchema,
  pausePlanRequestSchema,
  pausePlanSchema,
  pauseQuerySchema,
  pauseSchema,
} from '../api/pauses.ts'
import { route } from '../route.ts'
import { inProject, management, withId } from './paths-and-scopes.ts'

/** What the names in a request may be wrong about. */
const unknownTargets = [
  'agent_not_found',
  'workspace_not_found',
  'workspace_not_allowed',
  'exec_tool_not_found',
] as const

export const pauseRoutes = {
  'pauses.list': route({
    method: 'GET',
    path: '/:project_id/v1/management/pauses',
    tag: 'pauses',
    summary: 'List pauses; active ones unless asked otherwise',
    auth: management,
    params: inProject,
    query: pauseQuerySchema,
    response: pageOf(pauseSchema),
    status: [200],
    errors: ['agent_not_found', 'workspace_not_found'],
  }),
  'pauses.create': route({
    method: 'POST',
    path: '/:project_id/v1/management/pauses',
    tag: 'pauses',
    summary: 'Dispatch no more calls of an agent, a workspace, a tool or the project; what runs goes on',
    auth: management,
    params: inProject,
    body: pauseCreateSchema,
    response: pauseSchema,
    status: [201, 200],
    errors: [...unknownTargets, 'limit_reached', 'illegal_transition'],
  }),
  'pauses.plan': route({
    method: 'POST',
    path: '/:project_id/v1/management/pauses/plan',
    tag: 'pauses',
    summary: 'Say what a pause would touch, without pausing',
    auth: management,
    params: inProject,
    body: pausePlanRequestSchema,
    response: pausePlanSchema,
    status: [200],
    errors: [...unknownTargets],
  }),
  'pauses.show': route({
    method: 'GET',
    path: '/:project_id/v1/management/pauses/:id',
    tag: 'pauses',
    summary: 'Show a pause',
    auth: management,
    params: withId,
    response: pauseSchema,
    status: [200],
    errors: ['pause_not_found'],
  }),
  'pauses.end': route({
    method: 'DELETE',
    path: '/:project_id/v1/management/pauses/:id',
    tag: 'pauses',
    summary: 'Resume: end a pause now; its record stays',
    auth: management,
    params: withId,
    response: pauseSchema,
    status: [200],
    errors: ['pause_not_found', 'workspace_not_allowed'],
  }),
}
