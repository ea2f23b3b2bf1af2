// Bodies that are nested deeper than anybody could follow, at every route and in every field.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let api: ApiForTests
before(async () => {
  api = await startApiForTests()
})
after(() => api.stop())

const levels = 100_000
const deep = [`${'['.repeat(levels)}${']'.repeat(levels)}`, `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`]

/** Of a schema of an object; none of another. */
function fieldsOf(schema: unknown): string[] {
  const has = typeof schema === 'object' && schema !== null && 'shape' in schema
  return has && typeof schema.shape === 'object' && schema.shape !== null ? Object.keys(schema.shape) : []
}

test('a body that is nested too deep is refused at every route, in every field', async () => {
  for (const id of routeIds) {
    const { method, path, body, auth }: Route = routes[id]
    if (body === undefined) continue
    const url = path.replaceAll(/:(\w+)/g, (_, name) =>
      name === 'project_id' ? 'acme' : '00000000-0000-7000-8000-000000000000',
    )
    const key = auth === 'public' || auth === 'agent' ? null : api.key
    const bodies = [...deep, ...fieldsOf(body).map((field, at) => `{${JSON.stringify(field)}:${deep[at % 2]}}`)]
    for (const text of bodies) {
      const answer = await api.call(method, url, { body: text, ...(key === null ? { key } : {}) })
      if (auth === 'agent') assert.equal(answer.status, 401)
      else assert.deepEqual([id, answer.status, answer.body.error?.code], [id, 400, 'invalid_body'])
    }
  }
})
