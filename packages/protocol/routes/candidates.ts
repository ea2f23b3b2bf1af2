// Who asked to come in with a join key that wants an operator's approval.
import { candidateDecisionSchema, candidateQuerySchema, candidateSchema } from '../api/candidates.ts'
import { pageOf } from '../api/page.ts'
import { route } from '../route.ts'
import { inProject, management, withId } from './paths-and-scopes.ts'

export const candidateRoutes = {
  'candidates.list': route({
    method: 'GET',
    path: '/:project_id/v1/management/candidates',
    tag: 'join keys',
    summary: 'List who asks to enroll; those that wait unless asked otherwise',
    auth: management,
    params: inProject,
    query: candidateQuerySchema,
    response: pageOf(candidateSchema),
    status: [200],
    errors: [],
  }),
  'candidates.show': route({
    method: 'GET',
    path: '/:project_id/v1/management/candidates/:id',
    tag: 'join keys',
    summary: 'Show a candidate',
    auth: management,
    params: withId,
    response: candidateSchema,
    status: [200],
    errors: ['candidate_not_found'],
  }),
  'candidates.approve': route({
    method: 'POST',
    path: '/:project_id/v1/management/candidates/:id/approve',
    tag: 'join keys',
    summary: 'Let a candidate enroll',
    auth: management,
    params: withId,
    body: candidateDecisionSchema,
    response: candidateSchema,
    status: [200],
    errors: ['candidate_not_found', 'illegal_transition'],
  }),
  'candidates.reject': route({
    method: 'POST',
    path: '/:project_id/v1/management/candidates/:id/reject',
    tag: 'join keys',
    summary: 'Refuse a candidate; its identity does not enroll with this join key',
    auth: management,
    params: withId,
    body: candidateDecisionSchema,
    response: candidateSchema,
    status: [200],
    errors: ['candidate_not_found', 'illegal_transition'],
  }),
} as const
