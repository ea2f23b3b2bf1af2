// Notifications on the device of whoever is in.
import { newPushDeviceSchema } from '@xerotier/protocol/api/push-devices.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import { testChannel } from '../../domain/notifications/test-channel.ts'
import { addDevice } from '../../domain/push-devices/add.ts'
import { findDevice, listDevices, removeDevice } from '../../domain/push-devices/read.ts'
import { requireLogin } from '../../domain/sessions/admit.ts'
import { requireOwnKey } from '../../domain/sessions/password.ts'
import { type HeldSession, heldSession } from '../session.ts'
import { bodyOf } from './asked.ts'

const bodyLimit = 8 * 1024
const path = '/ops/api/push'
interface OfOne {
  Params: { id: string }
}

export function addPushRoutes(scope: FastifyInstance, core: Core): void {
  const held = async (request: FastifyRequest): Promise<HeldSession> => {
    const session = await heldSession(core, request, true)
    requireLogin(session.row)
    return session
  }

  scope.get(path, { config: { id: 'ops.pushDevices' }, exposeHeadRoute: false }, async (request) =>
    listDevices(core, (await held(request)).actor),
  )

  scope.post(path, { config: { id: 'ops.addPushDevice' }, bodyLimit }, async (request) => {
    const session = await held(request)
    // It hears of the project for longer than the session lasts.
    await requireOwnKey(core.store.db, session.row)
    return addDevice(core, { actor: session.actor, sessionId: session.row.id }, bodyOf(newPushDeviceSchema, request))
  })

  scope.delete<OfOne>(`${path}/:id`, { config: { id: 'ops.removePushDevice' }, bodyLimit }, async (request) => {
    const { actor } = await held(request)
    await removeDevice(core, actor, request.params.id)
    return { object: 'push_device', removed: true }
  })

  scope.post<OfOne>(`${path}/:id/test`, { config: { id: 'ops.testPushDevice' }, bodyLimit }, async (request) => {
    const { actor } = await held(request)
    return testChannel(core, actor, await findDevice(core, actor, request.params.id))
  })
}
