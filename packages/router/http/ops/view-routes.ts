// The saved views of whoever is in.
import { savedViewNameSchema, savedViewSchema } from '@xerotier/protocol/api/saved-views.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { listSavedViews, removeView, saveView } from '../../domain/sessions/saved-views.ts'
import { type HeldSession, heldSession } from '../session.ts'
import { bodyOf } from './asked.ts'

const bodyLimit = 8 * 1024
const path = '/ops/api/views'

export function addViewRoutes(scope: FastifyInstance, core: Core): void {
  const listOf = async (held: HeldSession) => ({ object: 'list', data: await listSavedViews(core, held) })

  scope.get(path, { config: { id: 'ops.views' }, exposeHeadRoute: false }, async (request) =>
    listOf(await heldSession(core, request, true)),
  )

  scope.post(path, { config: { id: 'ops.saveView' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    await saveView(core, held, bodyOf(savedViewSchema, request))
    return listOf(held)
  })

  scope.post(`${path}/remove`, { config: { id: 'ops.removeView' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    await removeView(core, held, bodyOf(savedViewNameSchema, request))
    return listOf(held)
  })
}
