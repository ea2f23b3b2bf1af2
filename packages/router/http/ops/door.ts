// The door for people: the dashboard with its sessions, and the page behind a one-time link from a
// mail, which needs neither.
import type { Core } from '../../core.ts'
import type { LinkOptions } from '../../domain/approval-links/mint.ts'
import type { Door } from '../door.ts'
import { addApprovalRoutes } from './approval-routes.ts'
import { addPages } from './pages.ts'
import { addPushRoutes } from './push-routes.ts'
import { addSessionRoutes } from './session-routes.ts'
import { addStream } from './stream.ts'
import { addViewRoutes } from './view-routes.ts'

/** @param links without them there are no pages for people without a session */
export function opsDoor(core: Core, links: LinkOptions | undefined): Door {
  return {
    open(scope, { limitPublic, streams }) {
      if (links !== undefined) scope.register(async (pages) => addApprovalRoutes(pages, core, links, limitPublic))
      scope.register(async (dashboard) => {
        addSessionRoutes(dashboard, core, limitPublic)
        addViewRoutes(dashboard, core)
        addPushRoutes(dashboard, core)
        addStream(dashboard, core, streams)
        addPages(dashboard, limitPublic)
      })
    },
  }
}
