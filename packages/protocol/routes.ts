// Every route of the router's public API, a file per noun.

import { agentRoutes } from './routes/agents.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { auditRoutes } from './routes/audit.ts'
import { candidateRoutes } from './routes/candidates.ts'
import { enrollmentRoutes } from './routes/enrollment.ts'
import { executionRoutes } from './routes/executions.ts'
import { exportRoutes } from './routes/exports.ts'
import { grantKeyRoutes } from './routes/grant-keys.ts'
import { legalHoldRoutes } from './routes/legal-holds.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { pauseRoutes } from './routes/pauses.ts'
import { peopleRoutes } from './routes/people.ts'
import { policyRoutes } from './routes/policies.ts'
import { systemRoutes } from './routes/system.ts'
import { topologyRoutes } from './routes/topology.ts'
import { workspaceRoutes } from './routes/workspaces.ts'
import { keysOf } from './table.ts'

export const routes = {
  ...systemRoutes,
  ...enrollmentRoutes,
  ...candidateRoutes,
  ...peopleRoutes,
  ...agentRoutes,
  ...grantKeyRoutes,
  ...pauseRoutes,
  ...apiKeyRoutes,
  ...approvalRoutes,
  ...notificationRoutes,
  ...workspaceRoutes,
  ...topologyRoutes,
  ...executionRoutes,
  ...policyRoutes,
  ...auditRoutes,
  ...exportRoutes,
  ...legalHoldRoutes,
} as const

export type RouteId = keyof typeof routes
export const routeIds = keysOf(routes)
