// The authenticator of whoever is in.
import { codeSchema } from '@xerotier/protocol/api/sessions.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  showSecondFactor,
} from '../../domain/sessions/second-factor.ts'
import { heldSession } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import type { LimitLogin } from './login-limits.ts'

const bodyLimit = 4 * 1024
const path = '/ops/api/second-factor'

export function addSecondFactorRoutes(scope: FastifyInstance, core: Core, limitLogin: LimitLogin): void {
  scope.get(path, { config: { id: 'ops.secondFactor' }, exposeHeadRoute: false }, async (request) =>
    showSecondFactor(core, await heldSession(core, request, true)),
  )

  scope.post(path, { config: { id: 'ops.beginSecondFactor' }, bodyLimit }, async (request) =>
    beginSecondFactor(core, await heldSession(core, request, true)),
  )

  scope.post(`${path}/confirm`, { config: { id: 'ops.confirmSecondFactor' }, bodyLimit }, async (request) => {
    const { held, code } = await codeOf(request)
    return { object: 'recovery_codes', codes: await confirmSecondFactor(core, held, code) }
  })

  scope.post(`${path}/remove`, { config: { id: 'ops.removeSecondFactor' }, bodyLimit }, async (request) => {
    const { held, code } = await codeOf(request)
    await removeSecondFactor(core, held, code)
    return showSecondFactor(core, held)
  })

  /** Codes are guessed as passwords are. */
  async function codeOf(request: FastifyRequest) {
    const held = await heldSession(core, request, true)
    limitLogin(addressOf(request), held.row.user_email)
    return { held, ...bodyOf(codeSchema, request) }
  }
}
