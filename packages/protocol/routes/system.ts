// The router itself.
import { healthSchema, readinessSchema } from '../api/health.ts'
import { route } from '../route.ts'

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
