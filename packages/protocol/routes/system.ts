// The router itself.
import { healthDashboardSchema, healthHistorySchema } from '../api/dashboard.ts'
import { healthSchema, readinessSchema } from '../api/health.ts'
import { route } from '../route.ts'
import { inProject, management } from './paths-and-scopes.ts'

export const systemRoutes = {
  'health.live': route({
    method: 'GET',
    path: '/healthz',
    tag: 'health',
    summary: 'The process runs',
    auth: 'public',
    response: healthSchema,
    status: [200],
    errors: [],
  }),
  'health.ready': route({
    method: 'GET',
    path: '/readyz',
    tag: 'health',
    summary: 'The router can take work',
    auth: 'public',
    response: readinessSchema,
    status: [200, 503],
    errors: [],
  }),
  'health.dashboard': route({
    method: 'GET',
    path: '/:project_id/v1/health/dashboard',
    tag: 'health',
    summary:
      'One look at what a project stands on: services, fleet, queue, approvals, database, disk, duties, followers',
    auth: management,
    params: inProject,
    response: healthDashboardSchema,
    status: [200],
    errors: [],
  }),
  'health.history': route({
    method: 'GET',
    path: '/:project_id/v1/health/history',
    tag: 'health',
    summary: 'How the last day was: agents, calls and approvals over time, and which tools fail',
    auth: management,
    params: inProject,
    response: healthHistorySchema,
    status: [200],
    errors: [],
  }),
  'metrics.read': route({
    method: 'GET',
    path: '/metrics',
    tag: 'health',
    summary: 'Prometheus metrics',
    auth: 'public',
    response: 'text',
    status: [200],
    errors: [],
  }),
  'openapi.read': route({
    method: 'GET',
    path: '/openapi.json',
    tag: 'health',
    summary: 'This API as OpenAPI 3.1',
    auth: 'public',
    response: 'document',
    status: [200],
    errors: [],
  }),
} as const
