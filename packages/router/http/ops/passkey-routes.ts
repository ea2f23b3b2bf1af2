// Passkeys: of whoever is in, and of who comes.
import { newPasskeySchema, passkeyLoginSchema, passkeyNameSchema } from '@xerotier/protocol/api/passkeys.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { openByPasskey } from '../../domain/sessions/open.ts'
import { listPasskeys, removePasskey, renamePasskey } from '../../domain/sessions/passkeys/own.ts'
import { addPasskey, beginPasskey } from '../../domain/sessions/passkeys/register.ts'
import { askForPasskey } from '../../domain/sessions/passkeys/show.ts'
import { heldSession, refuseOtherSites } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import { browserOf, comeIn } from './come-in.ts'
import type { LimitLogin } from './login-limits.ts'

const bodyLimit = 64 * 1024
const path = '/ops/api/passkeys'
interface OfOne {
  Params: { id: string }
}

export function addPasskeyRoutes(scope: FastifyInstance, core: Core, limitLogin: LimitLogin): void {
  scope.post('/ops/api/login/passkey/begin', { config: { id: 'ops.askForPasskey' }, bodyLimit }, async (request) => {
    refuseOtherSites(request)
    limitLogin(addressOf(request))
    return { object: 'passkey_request', options: await askForPasskey(core) }
  })

  scope.post('/ops/api/login/passkey', { config: { id: 'ops.loginByPasskey' }, bodyLimit }, async (request, reply) => {
    refuseOtherSites(request)
    const { passkey } = bodyOf(passkeyLoginSchema, request)
    limitLogin(addressOf(request))
    return comeIn(request, reply, await openByPasskey(core, passkey, browserOf(request)))
  })

  scope.get(path, { config: { id: 'ops.passkeys' }, exposeHeadRoute: false }, async (request) =>
    listPasskeys(core, await heldSession(core, request, true)),
  )

  scope.post(`${path}/begin`, { config: { id: 'ops.beginPasskey' }, bodyLimit }, async (request) => ({
    object: 'passkey_request',
    options: await beginPasskey(core, await heldSession(core, request, true)),
  }))

  scope.post(path, { config: { id: 'ops.addPasskey' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    return addPasskey(core, held, bodyOf(newPasskeySchema, request))
  })

  scope.patch<OfOne>(`${path}/:id`, { config: { id: 'ops.renamePasskey' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    return renamePasskey(core, held, request.params.id, bodyOf(passkeyNameSchema, request).name)
  })

  scope.delete<OfOne>(`${path}/:id`, { config: { id: 'ops.removePasskey' }, bodyLimit }, async (request) => {
    await removePasskey(core, await heldSession(core, request, true), request.params.id)
    return { object: 'passkey', removed: true }
  })
}
