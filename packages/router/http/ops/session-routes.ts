// Logging in and out of the dashboard, and the sessions of whoever is in. What the dashboard does
// besides goes over the same routes as that of programs.
import {
  linkLoginSchema,
  loginSchema,
  passwordSchema,
  projectChoiceSchema,
  type Ways,
} from '@xerotier/protocol/api/sessions.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { noteSeen } from '../../domain/sessions/admit.ts'
import { changeProject, listSessions, revokeSession } from '../../domain/sessions/end.ts'
import { openByLink, openByPassword } from '../../domain/sessions/open.ts'
import { setPassword } from '../../domain/sessions/password.ts'
import { presentOpenSession } from '../../domain/sessions/present.ts'
import type { PublicLimit } from '../public-limit.ts'
import { heldSession, isIdle, refuseOtherSites } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import { browserOf, comeIn, sessionCookie } from './come-in.ts'
import { limitLogins } from './login-limits.ts'
import { addPasskeyRoutes } from './passkey-routes.ts'
import { addProofRoutes } from './proof-routes.ts'
import { addProviderRoutes } from './provider-routes.ts'
import { addResetRoutes } from './reset-routes.ts'
import { addSecondFactorRoutes } from './second-factor-routes.ts'

const bodyLimit = 4 * 1024
/** A passkey may come with it. */
const loginBytes = 64 * 1024

export function addSessionRoutes(scope: FastifyInstance, core: Core, limitPublic: PublicLimit): void {
  const limitLogin = limitLogins(core.clock)
  addSecondFactorRoutes(scope, core, limitLogin)
  addPasskeyRoutes(scope, core, limitLogin)
  addProofRoutes(scope, core, limitLogin)
  addProviderRoutes(scope, core, limitLogin)
  addResetRoutes(scope, core, limitLogin)

  scope.get(
    '/ops/api/ways',
    { config: { id: 'ops.ways' }, onRequest: (request, _, done) => done(limitPublic(request)), exposeHeadRoute: false },
    async (): Promise<Ways> => ({
      object: 'ways',
      provider: core.identityProvider?.name ?? null,
      reset: core.settings.mail,
    }),
  )

  scope.get('/ops/api/session', { config: { id: 'ops.session' }, exposeHeadRoute: false }, async (request) => {
    const held = await heldSession(core, request, false)
    if (!isIdle(request)) await noteSeen(core, held.row)
    return presentOpenSession(core, held)
  })

  scope.post('/ops/api/login', { config: { id: 'ops.login' }, bodyLimit: loginBytes }, async (request, reply) => {
    refuseOtherSites(request)
    const login = bodyOf(loginSchema, request)
    limitLogin(addressOf(request), login.email)
    return comeIn(request, reply, await openByPassword(core, login, browserOf(request)))
  })

  scope.post('/ops/api/login/link', { config: { id: 'ops.loginByLink' }, bodyLimit }, async (request, reply) => {
    refuseOtherSites(request)
    const { token } = bodyOf(linkLoginSchema, request)
    limitLogin(addressOf(request))
    return comeIn(request, reply, await openByLink(core, token, browserOf(request)))
  })

  scope.post('/ops/api/logout', { config: { id: 'ops.logout' }, bodyLimit }, async (request, reply) => {
    const held = await heldSession(core, request, true)
    await revokeSession(core, held, held.row.id)
    // Else whoever sits here next is in again by one click.
    const provider = held.row.methods.includes('provider') ? core.identityProvider : undefined
    const leave = (await provider?.wayOut().catch(() => undefined)) ?? null
    return reply.header('set-cookie', sessionCookie(request, '', 0)).send({ object: 'session', ended: true, leave })
  })

  scope.get('/ops/api/sessions', { config: { id: 'ops.sessions' }, exposeHeadRoute: false }, async (request) => ({
    object: 'list',
    data: await listSessions(core, await heldSession(core, request, true)),
  }))

  scope.delete<{ Params: { id: string } }>(
    '/ops/api/sessions/:id',
    { config: { id: 'ops.endSession' }, bodyLimit },
    async (request) => {
      await revokeSession(core, await heldSession(core, request, true), request.params.id)
      return { object: 'session', ended: true }
    },
  )

  scope.post('/ops/api/password', { config: { id: 'ops.password' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    limitLogin(addressOf(request), held.row.user_email)
    await setPassword(core, held, bodyOf(passwordSchema, request))
    return { object: 'password', changed: true }
  })

  scope.post('/ops/api/project', { config: { id: 'ops.project' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    await changeProject(core, held, bodyOf(projectChoiceSchema, request).project)
    return presentOpenSession(core, await heldSession(core, request, true))
  })
}
