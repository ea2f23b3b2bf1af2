// Every handler, by the noun that it is about. The compiler wants one for each route of the table.
import type { FastifyInstance } from 'fastify'
import type { Handlers } from './handlers.ts'
import { agentHandlers } from './routes/agents.ts'
import { apiKeyHandlers } from './routes/api-keys.ts'
import { approvalHandlers } from './routes/approvals.ts'
import { enrollHandlers } from './routes/enroll.ts'
import { executionHandlers } from './routes/executions.ts'
import { healthHandlers } from './routes/health.ts'
import { joinKeyHandlers } from './routes/join-keys.ts'
import { projectHandlers } from './routes/projects.ts'
import { toolHandlers } from './routes/tools.ts'
import { workspaceHandlers } from './routes/workspaces.ts'
import type { HttpOptions } from './server.ts'
import type { Streams } from './stream/streams.ts'

export function createHandlers(options: HttpOptions & { app: FastifyInstance; streams: Streams }): Handlers {
  const { core, streams } = options
  return {
    ...healthHandlers(options),
    ...enrollHandlers(core),
    ...projectHandlers(core),
    ...agentHandlers(core),
    ...joinKeyHandlers(core),
    ...apiKeyHandlers(core),
    ...workspaceHandlers(core),
    ...toolHandlers(core),
    ...executionHandlers(core, streams),
    ...approvalHandlers(core, streams),
  }
}
