// What sending a request needs to know of each route. Plain data: a bundler may put the value here in place of the
// schemas behind it, which saves a browser and the command line 700 KB and 50 ms (scripts/build.ts does).
import { type RouteId, routes } from '@xerotier/protocol/routes.ts'

export interface RouteData {
  method: string
  path: string
  answer: 'json' | 'sse' | 'bytes' | 'text'
}

export const routeData = Object.fromEntries(
  Object.entries(routes).map(([id, { method, path, response }]) => [
    id,
    { method, path, answer: typeof response === 'string' ? response : 'json' },
  ]),
) as { readonly [Id in RouteId]: RouteData }
