import { adviceText } from '@xerotier/protocol/advice.ts'
import { errorCodes, errors } from '@xerotier/protocol/errors.ts'
import { commonErrors, type Route, statusOf } from '@xerotier/protocol/route.ts'
import { routes } from '@xerotier/protocol/routes.ts'
import { code, page } from './markdown.ts'

const all: readonly Route[] = Object.values(routes)

export function errorsPage(): string {
  return page(
    'Errors',
    'Codes are stable: they are added, never renamed. The body is described in [api.md](api.md#errors). Codes that no route ' +
      'lists stand in the record of an execution, or say that no route was reached.',
    ...errorCodes.map((name) => {
      const { status, type, retry, message, advice } = errors[name]
      const routeNames = all
        .filter((route) => route.errors.includes(name))
        .map((route) => {
          const answered = statusOf(route, name)
          return code(`${route.method} ${route.path}`) + (answered === status ? '' : ` (with ${answered})`)
        })
      const everywhere = all.some((route) => commonErrors(route).includes(name))
      const where = everywhere ? 'From most routes.' : routeNames.length > 0 ? `From ${routeNames.join(', ')}.` : ''
      return [
        `## ${name}`,
        `${status}, ${code(type)}, ${retry ? 'worth a retry' : 'a retry alone does not help'}.`,
        `${message} ${adviceText(advice)} ${where}`.trimEnd(),
      ].join('\n\n')
    }),
  )
}
