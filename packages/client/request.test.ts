import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from './api-error.ts'
import { planRequest } from './request.ts'
import { routeData } from './routes.data.ts'

const address = { origin: 'http://router', project: 'demo' }

test('the project, the parameters and the query find their places', () => {
  const params = { id: 'ws_1', agent: 'a b/c' }
  const plan = planRequest(address, 'k', routeData['workspaces.unbind'], { params, query: { a: 1, b: undefined } })
  assert.equal(plan.method, 'DELETE')
  assert.equal(plan.url, 'http://router/demo/v1/workspaces/ws_1/bindings/a%20b%2Fc?a=1')
  assert.equal(plan.headers.authorization, 'Bearer k')
})

test('a route without a body sends neither body nor content type', () => {
  const plan = planRequest(address, 'k', routeData['invocations.cancel'], { params: { id: 'x' } })
  assert.equal(plan.body, undefined)
  assert.equal(plan.headers['content-type'], undefined)
})

test('null is a body: it takes the quota away', () => {
  const plan = planRequest(address, 'k', routeData['apiKeys.quota'], { params: { id: 'x' }, body: null })
  assert.equal(plan.body, 'null')
})

for (const id of ['', '.', '..']) {
  test(`the id '${id}' is refused, because it would lead to another route`, () => {
    assert.throws(() => planRequest(address, 'k', routeData['agents.delete'], { params: { id } }), InputError)
  })
}

test('without a key nothing is claimed', () => {
  assert.equal(planRequest(address, undefined, routeData['health.live'], {}).headers.authorization, undefined)
})

test('a key that no header can carry is refused, and the error does not hold it', () => {
  for (const key of ['warning\nxero_demo_secret', 'xero_demo_sécret', 'xero demo_secret']) {
    assert.throws(
      () => planRequest(address, key, routeData['health.live'], {}),
      (error) => error instanceof InputError && /the API key/.test(error.message) && !/demo/.test(error.message),
    )
  }
  const once = () => planRequest(address, 'k', routeData['invocations.submit'], { idempotencyKey: 'a\nb' })
  assert.throws(once, InputError)
})
