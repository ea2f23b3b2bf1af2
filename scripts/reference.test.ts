import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@xerotier/protocol/errors.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { exampleOf } from './reference/curl.ts'
import { anchor } from './reference/markdown.ts'
import { referenceFolder, referencePages } from './reference/pages.ts'

const pages = referencePages()
const folder = join(fileURLToPath(new URL('..', import.meta.url)), referenceFolder)

test('the reference is what the code says today', () => {
  assert.deepEqual(readdirSync(folder).toSorted(), Object.keys(pages).toSorted())
  for (const [name, text] of Object.entries(pages)) {
    assert.equal(readFileSync(join(folder, name), 'utf8'), text, `${name} is stale: npm run reference`)
  }
})

test('every route and every error code has its section', () => {
  for (const { method, path } of Object.values<Route>(routes)) {
    assert.ok(pages['api.md']?.includes(`\n### ${method} ${path}\n`), `${method} ${path}`)
  }
  for (const code of errorCodes) assert.ok(pages['errors.md']?.includes(`\n## ${code}\n`), code)
})

/** What is read from a file: a secret, or what only a program makes. */
const fromFile: readonly RouteId[] = ['enroll.create', 'enroll.again', 'invitations.accept']

test('the example of each route is one that the route takes', () => {
  for (const id of routeIds) {
    const { path, body } = exampleOf(id)
    assert.doesNotMatch(path, /:/, `${id}: scripts/reference/curl.ts`)
    const { body: schema }: Route = routes[id]
    if (schema === undefined || fromFile.includes(id)) continue
    const text = JSON.stringify(body).replaceAll('$IN_A_WEEK', '2030-01-01T00:00:00Z')
    const { error } = schema.safeParse(JSON.parse(text))
    assert.equal(error, undefined, `${id}: scripts/reference/curl.ts: ${error?.message}`)
  }
})

test('every link leads somewhere', () => {
  for (const [name, text] of Object.entries(pages)) {
    for (const [, file = '', fragment] of text.matchAll(/\]\(([a-z./-]*)(?:#([^)]*))?\)/g)) {
      const target = file === '' ? name : file
      assert.ok(target in pages || existsSync(join(folder, target)), `${name}: ${target}`)
      if (fragment === undefined) continue
      const headings = [...(pages[target] ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading))
      assert.ok(headings.includes(fragment), `${name}: ${target}#${fragment}`)
    }
  }
})
