// Every path of the dashboard. What a view needs besides its path stands in the search of the
// address, and is read here: whatever somebody typed there, a view gets texts or nothing.
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { part } from '../api/part.ts'
import { basePath } from '../api/place.ts'
import { Waiting } from '../components/asked.tsx'
import { Broken } from '../components/broken.tsx'
import { Frame } from '../components/frame.tsx'
import type { ActionSearch } from '../pages/agents.tsx'
import type { ApprovalsSearch } from '../pages/approvals.tsx'
import type { AuditSearch } from '../pages/audit.tsx'
import type { FleetSearch } from '../pages/fleet.tsx'
import type { GraphSearch } from '../pages/graph.tsx'
import type { HoldsSearch } from '../pages/legal-holds.tsx'
import { Login } from '../pages/login.tsx'
import { NotFound } from '../pages/not-found.tsx'
import type { NotificationsSearch } from '../pages/notifications.tsx'
import type { OperationsSearch } from '../pages/operations.tsx'
import { Overview } from '../pages/overview.tsx'
import type { PausesSearch } from '../pages/pauses.tsx'
import type { TabSearch } from '../pages/workspace.tsx'

const textsOf =
  <Name extends string>(...names: readonly Name[]) =>
  (search: Record<string, unknown>): { [N in Name]?: string } => {
    const texts: { [N in Name]?: string } = {}
    for (const name of names) {
      const value = search[name]
      if (typeof value === 'string' || typeof value === 'number') texts[name] = String(value).slice(0, 254)
    }
    return texts
  }

const rootRoute = createRootRoute({ notFoundComponent: NotFound })
const loginRoute = createRoute({ getParentRoute: () => rootRoute, path: '/login', component: Login })
const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  component: part(async () => (await import('../pages/reset.tsx')).Reset),
})
const frameRoute = createRoute({ getParentRoute: () => rootRoute, id: 'frame', component: Frame })
const inFrame = <Path extends string>(path: Path) => ({ getParentRoute: () => frameRoute, path })

const operationsSearch: (search: Record<string, unknown>) => OperationsSearch = textsOf(
  'status',
  'risk',
  'tool',
  'workspace',
  'agent',
  'requester',
  'since',
  'until',
  'open',
)
const approvalsSearch: (search: Record<string, unknown>) => ApprovalsSearch = textsOf(
  'id',
  'workspace',
  'risk',
  'project',
)
const actionSearch: (search: Record<string, unknown>) => ActionSearch = textsOf('do')
const fleetSearch: (search: Record<string, unknown>) => FleetSearch = textsOf('sort')
const tabSearch: (search: Record<string, unknown>) => TabSearch = textsOf('tab')
const graphSearch: (search: Record<string, unknown>) => GraphSearch = textsOf('at', 'id', 'find', 'kind')
const notificationsSearch: (search: Record<string, unknown>) => NotificationsSearch = textsOf(
  'tab',
  'do',
  'state',
  'channel',
)
const holdsSearch: (search: Record<string, unknown>) => HoldsSearch = textsOf('status', 'do')
const pausesSearch: (search: Record<string, unknown>) => PausesSearch = textsOf('status', 'do')
const auditSearch: (search: Record<string, unknown>) => AuditSearch = textsOf('actor', 'subject', 'kind')

const routeTree = rootRoute.addChildren([
  loginRoute,
  resetRoute,
  frameRoute.addChildren([
    createRoute({ ...inFrame('/'), component: Overview }),
    createRoute({
      ...inFrame('/operations'),
      validateSearch: operationsSearch,
      component: part(async () => (await import('../pages/operations.tsx')).Operations),
    }),
    createRoute({
      ...inFrame('/operations/$id'),
      component: part(async () => (await import('../pages/operation.tsx')).Operation),
    }),
    createRoute({
      ...inFrame('/fleet'),
      validateSearch: fleetSearch,
      component: part(async () => (await import('../pages/fleet.tsx')).Fleet),
    }),
    createRoute({
      ...inFrame('/graph'),
      validateSearch: graphSearch,
      component: part(async () => (await import('../pages/graph.tsx')).Graph),
    }),
    ...(['/templates', '/templates/new', '/templates/$id', '/templates/$id/edit'] as const).map((path) =>
      createRoute({
        ...inFrame(path),
        component: part(async () => (await import('../pages/templates.tsx')).Templates),
      }),
    ),
    createRoute({
      ...inFrame('/approvals'),
      validateSearch: approvalsSearch,
      component: part(async () => (await import('../pages/approvals.tsx')).Approvals),
    }),
    createRoute({
      ...inFrame('/agents'),
      validateSearch: actionSearch,
      component: part(async () => (await import('../pages/agents.tsx')).Agents),
    }),
    createRoute({
      ...inFrame('/agents/$agentId'),
      validateSearch: tabSearch,
      component: part(async () => (await import('../pages/agent.tsx')).Agent),
    }),
    createRoute({
      ...inFrame('/agents/$agentId/workspaces'),
      component: part(async () => (await import('../pages/agent-workspaces.tsx')).AgentWorkspaces),
    }),
    createRoute({
      ...inFrame('/workspaces/$workspaceId'),
      validateSearch: tabSearch,
      component: part(async () => (await import('../pages/workspace.tsx')).Workspace),
    }),
    createRoute({
      ...inFrame('/policies'),
      component: part(async () => (await import('../pages/policies.tsx')).Policies),
    }),
    createRoute({
      ...inFrame('/policies/$policy'),
      component: part(async () => (await import('../pages/policy.tsx')).Policy),
    }),
    createRoute({
      ...inFrame('/audit'),
      validateSearch: auditSearch,
      component: part(async () => (await import('../pages/audit.tsx')).Audit),
    }),
    createRoute({
      ...inFrame('/notifications'),
      validateSearch: notificationsSearch,
      component: part(async () => (await import('../pages/notifications.tsx')).Notifications),
    }),
    createRoute({
      ...inFrame('/exports'),
      validateSearch: actionSearch,
      component: part(async () => (await import('../pages/exports.tsx')).Exports),
    }),
    createRoute({
      ...inFrame('/legal-holds'),
      validateSearch: holdsSearch,
      component: part(async () => (await import('../pages/legal-holds.tsx')).LegalHolds),
    }),
    createRoute({
      ...inFrame('/pauses'),
      validateSearch: pausesSearch,
      component: part(async () => (await import('../pages/pauses.tsx')).Pauses),
    }),
    createRoute({
      ...inFrame('/people'),
      component: part(async () => (await import('../pages/people.tsx')).People),
    }),
    createRoute({
      ...inFrame('/keys'),
      validateSearch: actionSearch,
      component: part(async () => (await import('../pages/keys.tsx')).Keys),
    }),
    createRoute({
      ...inFrame('/account'),
      component: part(async () => (await import('../pages/account.tsx')).Account),
    }),
    createRoute({ ...inFrame('$'), component: NotFound }),
  ]),
])

export const router = createRouter({
  routeTree,
  basepath: basePath,
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})

/**
 * Another view, or a dialog that the address knows, is drawn after the press that asked for it was:
 * that is seen at once, however much there is to draw. What is typed into the address replaces it,
 * and is not put off.
 */
const { load } = router
router.load = async (options) => {
  const type = options?.action?.type
  if (type !== undefined && type !== 'REPLACE') await drawn()
  return load(options)
}

/** After the next picture; at once where nothing is drawn. */
function drawn(): Promise<void> {
  if (document.visibilityState === 'hidden') return Promise.resolve()
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve))
  })
}
