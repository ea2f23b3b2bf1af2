import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scopes } from './api/scopes.ts'
import { errors } from './errors.ts'
import { commonErrors, type Route } from './route.ts'
import { routes } from './routes.ts'

const all = Object.entries(routes) as [string, Route][]

test('no two routes share method and path', () => {
  const seen = all.map(([, { method, path }]) => `${method} ${path.replace(/:[a-z_]+/g, ':x')}`)
  assert.deepEqual(
    seen.filter((text, index) => seen.indexOf(text) !== index),
    [],
  )
})

test('each placeholder of a path is in the params schema, and the other way round', () => {
  for (const [id, { path, params }] of all) {
    const placeholders = [...path.matchAll(/:([a-z_]+)/g)].map((match) => match[1])
    assert.deepEqual(Object.keys(params?.shape ?? {}).toSorted(), placeholders.toSorted(), id)
  }
})

test('a route of a project asks for a key, and a route without a project for none', () => {
  for (const [id, { path, auth }] of all) {
    assert.equal(typeof auth === 'object', path.startsWith('/:project_id/'), id)
    if (typeof auth === 'string') continue
    const wanted = 'anyOf' in auth ? auth.anyOf : auth
    assert.ok(wanted.length > 0, id)
    for (const scope of wanted) assert.ok(scopes.includes(scope), `${id}: ${scope}`)
  }
})

test('each route has a summary of its own, a tag, and errors that exist, listed once', () => {
  for (const [id, definition] of all) {
    assert.match(definition.summary, /^[A-Z].*[^.]$/, id)
    assert.match(definition.tag, /^[A-Za-z][A-Za-z ]*$/, id)
    const codes = [...definition.errors, ...commonErrors(definition)]
    for (const code of codes) assert.ok(code in errors, `${id}: ${code}`)
    assert.equal(new Set(definition.errors).size, definition.errors.length, id)
  }
})

test('a route without a body is a GET or a DELETE, or an action on the record in its path', () => {
  for (const [id, { method, body, path }] of all) {
    if (method === 'GET' || method === 'DELETE') assert.equal(body, undefined, id)
    else if (body === undefined) assert.match(path, /\/[a-z-]+$/, id)
  }
})
