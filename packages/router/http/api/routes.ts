// Every handler, by the noun that it is about. The compiler wants one for each route of the table.

import type { Core } from '../../core.ts'
import type { StaticDocument } from '../static-document.ts'
import type { Streams } from '../stream/streams.ts'
import type { Handlers } from './handlers.ts'
import { agentHandlers } from './routes/agents.ts'
import { apiKeyHandlers } from './routes/api-keys.ts'
import { approvalLinkHandlers } from './routes/approval-links.ts'
import { approvalHandlers } from './routes/approvals.ts'
import { auditHandlers } from './routes/audit.ts'
import { candidateHandlers } from './routes/candidates.ts'
import { enrollHandlers } from './routes/enroll.ts'
import { executionHandlers } from './routes/executions.ts'
import { exportHandlers } from './routes/exports.ts'
import { grantKeyHandlers } from './routes/grant-keys.ts'
import { type HealthOptions, healthHandlers } from './routes/health.ts'
import { joinKeyHandlers } from './routes/join-keys.ts'
import { legalHoldHandlers } from './routes/legal-holds.ts'
import { notificationHandlers } from './routes/notifications.ts'
import { pauseHandlers } from './routes/pauses.ts'
import { peopleHandlers } from './routes/people.ts'
import { policyHandlers } from './routes/policies.ts'
import { projectHandlers } from './routes/projects.ts'
import { toolHandlers } from './routes/tools.ts'
import { workspaceHandlers } from './routes/workspaces.ts'

export function createHandlers(
  options: HealthOptions & { core: Core },
  { openApi, streams }: { openApi: StaticDocument; streams: Streams },
): Handlers {
  const { core } = options
  return {
    ...healthHandlers(core, options, openApi),
    ...enrollHandlers(core),
    ...candidateHandlers(core),
    ...projectHandlers(core),
    ...peopleHandlers(core),
    ...agentHandlers(core, streams),
    ...grantKeyHandlers(core),
    ...pauseHandlers(core),
    ...joinKeyHandlers(core),
    ...apiKeyHandlers(core),
    ...approvalLinkHandlers(core),
    ...notificationHandlers(core),
    ...workspaceHandlers(core),
    ...toolHandlers(core),
    ...executionHandlers(core, streams),
    ...approvalHandlers(core, streams),
    ...policyHandlers(core),
    ...auditHandlers(core, streams),
    ...exportHandlers(core),
    ...legalHoldHandlers(core),
  }
}
