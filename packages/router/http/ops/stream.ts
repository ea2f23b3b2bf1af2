// `/ops/stream`: a browser opens it with its cookie alone, and reads what happens.
import { limits } from '@xerotier/protocol/limits.ts'
import { opsHeartbeatSeconds } from '@xerotier/protocol/ops-events.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { streamDashboard } from '../../domain/dashboard/stream.ts'
import { admitSession, requireLogin } from '../../domain/sessions/admit.ts'
import { callerAddress } from '../caller-address.ts'
import { lastEventIdOf } from '../headers.ts'
import { heldSession } from '../session.ts'
import type { StreamForm, Streams } from '../stream/streams.ts'

const form: StreamForm = {
  connected: 'ox.connection.connected',
  heartbeat: 'ox.connection.heartbeat',
  heartbeatSeconds: opsHeartbeatSeconds,
  longestSeconds: limits.opsStreamSeconds,
}

export function addStream(scope: FastifyInstance, core: Core, streams: Streams): void {
  scope.get('/ops/stream', { config: { id: 'ops.stream' }, exposeHeadRoute: false }, async (request, reply) => {
    const held = await heldSession(core, request, false)
    requireLogin(held.row)
    const admission = admitSession(core, held.token, held, callerAddress(request.ip))
    const start = streamDashboard(core, held.actor, lastEventIdOf(request))
    return streams.serve(admission, request, reply, start, form)
  })
}
