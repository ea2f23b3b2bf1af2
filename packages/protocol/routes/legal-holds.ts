// What stays, however old it is.
import { legalHoldCreateSchema, legalHoldQuerySchema, legalHoldSchema } from '../api/legal-holds.ts'
import { pageOf } from '../api/page.ts'
import { route } from '../route.ts'
import { inProject, management, withId } from './paths-and-scopes.ts'

export const legalHoldRoutes = {
  'legalHolds.list': route({
    method: 'GET',
    path: '/:project_id/v1/management/legal-holds',
    tag: 'management',
    summary: 'List legal holds; those that hold unless asked otherwise',
    auth: management,
    params: inProject,
    query: legalHoldQuerySchema,
    response: pageOf(legalHoldSchema),
    status: [200],
    errors: [],
  }),
  'legalHolds.create': route({
    method: 'POST',
    path: '/:project_id/v1/management/legal-holds',
    tag: 'management',
    summary: 'Keep a call, or all of the project, until somebody releases it',
    auth: management,
    params: inProject,
    body: legalHoldCreateSchema,
    response: legalHoldSchema,
    status: [201, 200],
    errors: ['execution_not_found', 'workspace_not_allowed', 'limit_reached'],
  }),
  'legalHolds.show': route({
    method: 'GET',
    path: '/:project_id/v1/management/legal-holds/:id',
    tag: 'management',
    summary: 'Show a legal hold',
    auth: management,
    params: withId,
    response: legalHoldSchema,
    status: [200],
    errors: ['legal_hold_not_found'],
  }),
  'legalHolds.release': route({
    method: 'DELETE',
    path: '/:project_id/v1/management/legal-holds/:id',
    tag: 'management',
    summary: 'Release what is held; the record of the hold stays',
    auth: management,
    params: withId,
    response: legalHoldSchema,
    status: [200],
    errors: ['legal_hold_not_found', 'workspace_not_allowed'],
  }),
}
