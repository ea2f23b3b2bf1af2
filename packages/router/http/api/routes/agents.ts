import type { Core } from '../../../core.ts'
import { deleteAgent } from '../../../domain/agents/delete.ts'
import { listAgentEvents } from '../../../domain/agents/events.ts'
import { listAgents } from '../../../domain/agents/list.ts'
import { pauseAgent } from '../../../domain/agents/pause.ts'
import { resumeAgent } from '../../../domain/agents/resume.ts'
import { revokeAgentCredentials } from '../../../domain/agents/revoke-credentials.ts'
import { showAgent } from '../../../domain/agents/show.ts'
import { updateAgent } from '../../../domain/agents/update.ts'
import type { Handlers } from '../handlers.ts'

export function agentHandlers(core: Core) {
  return {
    'agents.list': ({ principal, query }) => listAgents(core, principal, query),
    'agents.show': ({ principal, params }) => showAgent(core, principal, params.id),
    'agents.update': ({ principal, params, body }) => updateAgent(core, principal, params.id, body),
    'agents.delete': ({ principal, params }) => deleteAgent(core, principal, params.id),
    'agents.events': ({ principal, params, query }) => listAgentEvents(core, principal, params.id, query),
    'agents.pause': ({ principal, params, body }) => pauseAgent(core, principal, params.id, body),
    'agents.resume': ({ principal, params, body }) => resumeAgent(core, principal, params.id, body),
    'agents.revokeCredentials': ({ principal, params }) => revokeAgentCredentials(core, principal, params.id),
  } satisfies Partial<Handlers>
}
