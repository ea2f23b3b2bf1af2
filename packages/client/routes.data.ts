// What sending a request needs to know of each route. Plain data: a bundler
// may put the value here in place of the schemas behind it, which saves a
// browser and the command line 700 KB and 50 ms (scripts/build.ts does).
import { routes } from '@xerotier/protocol/routes.ts'
import { mapTable } from '@xerotier/protocol/table.ts'

export interface RouteData {
  method: string
  path: string
  answer: 'json' | 'sse' | 'bytes' | 'text' | 'document'
  /** Success statuses; readiness has one that is no 2xx. */
  status: readonly number[]
}

export const routeData = mapTable(
  routes,
  ({ method, path, response, status }): RouteData => ({
    method,
    path,
    answer: typeof response === 'string' ? response : 'json',
    status,
  }),
)
