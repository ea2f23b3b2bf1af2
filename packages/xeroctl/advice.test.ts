// What the catalogue advises is what the command line takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { errors } from '@xerotier/protocol/errors.ts'
import { routes } from '@xerotier/protocol/routes.ts'
import { exitCodes } from './exit-codes.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const lines = new Map(
  Object.values(errors).flatMap(({ advice: { action } }) => (action ? [[action.xeroctl, action]] : [])),
)

/** Of `<a|b>` the first, of `<time>` one, of `<name>` what may be an id: those hold a digit. */
const filledIn = (line: string) =>
  line
    .split(' ')
    .map((word) =>
      word.replace(/^<([^|>]+)(\|.*)?>$/, (_, name, more) => (more ? name : name === 'time' ? '1h' : `${name}-1`)),
    )

for (const [line, { route }] of lines) {
  test(`\`${line}\` is a command that calls ${route}`, async (t) => {
    const server = await scriptedServer((_, response) => refusal(response, 404, 'not_found'))
    t.after(() => server.close())
    const { code, stderr } = await xeroctl(t, filledIn(line).slice(1), { env: envFor(server) })
    assert.equal(code, exitCodes.notFound.code, stderr)
    const { method, path } = routes[route as keyof typeof routes]
    const called = new RegExp(`^${method} ${path.replace('/:project_id/v1', '').replaceAll(/:\w+/g, '[^/]+')}$`)
    const seen = server.seen.map((request) => `${request.method} ${request.path.split('?')[0]}`)
    assert.ok(
      seen.some((request) => called.test(request)),
      `${seen} is not ${called}`,
    )
  })
}
