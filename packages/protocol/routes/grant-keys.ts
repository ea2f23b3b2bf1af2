// The keys with which the router signs grants.
import { grantKeyRotateSchema, grantKeysSchema } from '../api/grant-keys.ts'
import { route } from '../route.ts'
import { inProject, management } from './paths-and-scopes.ts'

export const grantKeyRoutes = {
  'grantKeys.show': route({
    method: 'GET',
    path: '/:project_id/v1/management/grant-keys',
    tag: 'management',
    summary: 'Show the keys that sign grants now',
    auth: management,
    params: inProject,
    response: grantKeysSchema,
    status: [200],
    errors: [],
  }),
  'grantKeys.rotate': route({
    method: 'POST',
    path: '/:project_id/v1/management/grant-keys/rotate',
    tag: 'management',
    summary: 'Sign grants with a new key; agents are told of it, and the one before signs as well for a while',
    auth: management,
    params: inProject,
    body: grantKeyRotateSchema,
    response: grantKeysSchema,
    status: [200],
    errors: ['grant_key_retiring'],
  }),
} as const
