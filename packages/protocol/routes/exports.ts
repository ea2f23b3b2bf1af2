// Archives of what happened.
import { exportCreateSchema, exportQuerySchema, exportSchema } from '../api/exports.ts'
import { pageOf } from '../api/page.ts'
import { route } from '../route.ts'
import { inProject, management, withId } from './paths-and-scopes.ts'

export const exportRoutes = {
  'exports.list': route({
    method: 'GET',
    path: '/:project_id/v1/exports',
    tag: 'exports',
    summary: 'List exports, newest first',
    auth: management,
    params: inProject,
    query: exportQuerySchema,
    response: pageOf(exportSchema),
    status: [200],
    errors: [],
  }),
  'exports.create': route({
    method: 'POST',
    path: '/:project_id/v1/exports',
    tag: 'exports',
    summary: 'Make an archive of what happened, in the background',
    auth: management,
    params: inProject,
    body: exportCreateSchema,
    response: exportSchema,
    status: [201],
    errors: ['workspace_not_found', 'limit_reached'],
  }),
  'exports.show': route({
    method: 'GET',
    path: '/:project_id/v1/exports/:id',
    tag: 'exports',
    summary: 'Show how far an export is',
    auth: management,
    params: withId,
    response: exportSchema,
    status: [200],
    errors: ['export_not_found'],
  }),
  'exports.download': route({
    method: 'GET',
    path: '/:project_id/v1/exports/:id/download',
    tag: 'exports',
    summary: 'The archive: a zip with a manifest and, of the audit log, seals and proofs',
    auth: management,
    params: withId,
    response: 'bytes',
    reads: 'access.export_downloaded',
    status: [200],
    errors: ['export_not_found', 'export_not_ready'],
  }),
  'exports.delete': route({
    method: 'DELETE',
    path: '/:project_id/v1/exports/:id',
    tag: 'exports',
    summary: 'Delete an export and its archive',
    auth: management,
    params: withId,
    response: exportSchema,
    status: [200],
    errors: ['export_not_found'],
  }),
} as const
