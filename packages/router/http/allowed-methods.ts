// Which methods a path takes, so that a wrong method is told from a path that leads nowhere.
import type { RouteOptions } from 'fastify'

export interface Methods {
  /** A hook for each route that a door adds. */
  add(route: Pick<RouteOptions, 'method' | 'url' | 'config'>): void
  /** Of the path of a URL; none when no route is there. Looked up for refusals only. */
  at(url: string): string[]
}

export function listMethods(): Methods {
  const known: { method: string; parts: string[]; refused: boolean }[] = []
  return {
    add({ method, url, config }) {
      const refused = config?.refused === true
      for (const one of [method].flat()) known.push({ method: one, parts: url.split('/'), refused })
    },
    at(url) {
      const [path = ''] = url.split('?', 1)
      const asked = path.split('/')
      const here = known
        .filter(({ parts }) => parts.length === asked.length)
        .filter(({ parts }) => parts.every((part, index) => part.startsWith(':') || part === asked[index]))
      const methods = new Set(here.map(({ method }) => method))
      // Also when a path with a parameter, which fits here too, takes it.
      for (const { method, refused } of here) if (refused) methods.delete(method)
      // Behind those that do something.
      if (methods.delete('HEAD')) methods.add('HEAD')
      return [...methods]
    },
  }
}
