import type { Core } from '../../../core.ts'
import { acceptRisk } from '../../../domain/agents/accept-risk.ts'
import { deleteAgent } from '../../../domain/agents/delete.ts'
import { listAgentEvents } from '../../../domain/agents/events.ts'
import { listAgents } from '../../../domain/agents/list.ts'
import { pauseAgent } from '../../../domain/agents/pause.ts'
import { resumeAgent } from '../../../domain/agents/resume.ts'
import { revokeAgentCredentials } from '../../../domain/agents/revoke-credentials.ts'
import { showAgent } from '../../../domain/agents/show.ts'
import { streamAgentEvents } from '../../../domain/agents/stream-events.ts'
import { updateAgent } from '../../../domain/agents/update.ts'
import { awaitRotation } from '../../../domain/rotations/await.ts'
import { listRotations } from '../../../domain/rotations/read.ts'
import { rotateKey } from '../../../domain/rotations/request.ts'
import { lastEventIdOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import type { Handlers } from '../handlers.ts'

export function agentHandlers(core: Core, streams: Streams) {
  return {
    'agents.list': ({ actor, query }) => listAgents(core, actor, query),
    'agents.show': ({ actor, params }) => showAgent(core, actor, params.id),
    'agents.update': ({ actor, params, body }) => updateAgent(core, actor, params.id, body),
    'agents.delete': ({ actor, params }) => deleteAgent(core, actor, params.id),
    'agents.events': ({ actor, params, query }) => listAgentEvents(core, actor, params.id, query),
    'agents.eventStream': async ({ actor, admission, params, request, reply }) => {
      const start = await streamAgentEvents(core, actor, params.id, lastEventIdOf(request))
      return streams.serve(admission, request, reply, start)
    },
    'agents.pause': ({ actor, params, body }) => pauseAgent(core, actor, params.id, body),
    'agents.acceptRisk': ({ actor, params, body }) => acceptRisk(core, actor, params.id, body),
    'agents.resume': ({ actor, params, body }) => resumeAgent(core, actor, params.id, body),
    'agents.curveRotate': async ({ actor, params, query, body }) => {
      const { id } = await rotateKey(core, actor, params.id, { use: 'curve', ...body })
      return awaitRotation(core, actor, id, query.wait * 1000)
    },
    'agents.rotateSigningKey': async ({ actor, params, query, body }) => {
      const { id } = await rotateKey(core, actor, params.id, { use: 'signing', ...body })
      return awaitRotation(core, actor, id, query.wait * 1000)
    },
    'agents.rotations': ({ actor, params, query }) => listRotations(core, actor, params.id, query),
    'agents.revokeCredentials': ({ actor, params }) => revokeAgentCredentials(core, actor, params.id),
  } satisfies Partial<Handlers>
}
