// What linters of OpenAPI ask for (`redocly lint`, Spectral's rules), without being asked each
// time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { openApi } from './document.ts'

// biome-ignore lint/suspicious/noExplicitAny: the document has every shape
const document: any = JSON.parse(JSON.stringify(openApi('1.2.3')))
// biome-ignore lint/suspicious/noExplicitAny: as above
const operations: [string, any][] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as object).map(([method, operation]): [string, unknown] => [`${method} ${path}`, operation]),
)

test('what is referred to is there, and what is there is referred to', () => {
  const referred = new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path))
  for (const path of referred) {
    const found = path.split('/').reduce((value, key) => value?.[key], document)
    assert.ok(found, path)
  }
  for (const kind of ['schemas', 'parameters', 'headers'])
    for (const name of Object.keys(document.components[kind]))
      assert.ok(referred.has(`components/${kind}/${name}`), name)
})

test('each operation says what it does, under a tag that is explained, and how it can fail', () => {
  const tags = document.tags.map(({ name }: { name: string }) => name)
  assert.equal(operations.length, routeIds.length)
  for (const [name, { summary, description, tags: own, responses, parameters }] of operations) {
    assert.ok(summary && description, name)
    assert.ok(own.length === 1 && tags.includes(own[0]), name)
    assert.ok(
      Object.keys(responses).some((status) => status.startsWith('4')),
      name,
    )
    for (const status of Object.keys(responses)) assert.ok(responses[status].description, `${name} ${status}`)
    const placed = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    const inPath = parameters.filter((one: { in?: string }) => one.in === 'path')
    assert.deepEqual(inPath.map((one: { name: string }) => one.name).sort(), placed.sort(), name)
  }
  assert.deepEqual(tags.toSorted(), [...new Set(Object.values(routes).map(({ tag }) => tag))].toSorted())
})

test('a body may be left out where nothing in it is mandatory, but not of a PUT', () => {
  for (const [path, required] of [
    ['post /{project_id}/v1/exec/invocations', true],
    ['post /{project_id}/v1/exec/approvals/{id}/approve', false],
    ['put /{project_id}/v1/management/api-keys/{id}/quota', true],
  ] as const)
    assert.equal(Object.fromEntries(operations)[path].requestBody.required, required, path)
})
