// Which methods a path takes, so that a wrong method is told from a path that leads nowhere. Asked for refusals only.
import type { Route } from '@xerotier/protocol/route.ts'
import { routes } from '@xerotier/protocol/routes.ts'

const known = Object.values(routes as Record<string, Route>).map((definition) => ({
  definition,
  parts: definition.path.split('/'),
}))

/** Of the path of a URL; none when no route is there. Each GET answers HEAD too, but for streams: their answer has no end. */
export function methodsAt(url: string): string[] {
  const asked = url.split('?', 1)[0]!.split('/')
  const here = known
    .filter(({ parts }) => parts.length === asked.length)
    .filter(({ parts }) => parts.every((part, index) => part.startsWith(':') || part === asked[index]))
    .map(({ definition }) => definition)
  const methods = new Set<string>(here.map(({ method }) => method))
  if (methods.has('GET') && here.every(({ response }) => response !== 'sse')) methods.add('HEAD')
  return [...methods]
}
