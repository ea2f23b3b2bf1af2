import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createCallback } from './callback.ts'

const token = 'rt_secret'
const seen: string[] = []
const router = createServer((request, response) => {
  seen.push(`${request.method} ${request.url}`)
  const allowed = request.headers.authorization === `Bearer ${token}`
  response.writeHead(allowed ? 200 : 401).end(JSON.stringify({ allowed }))
})
let routerUrl: string
before(async () => {
  router.listen(0, '127.0.0.1')
  await new Promise((resolve) => router.once('listening', resolve))
  routerUrl = `http://127.0.0.1:${(router.address() as AddressInfo).port}`
})
after(() => router.close())

const signal = AbortSignal.timeout(60_000)
const get = (change: Partial<Parameters<typeof createCallback>[0]>) =>
  createCallback({ routerUrl, token, project: 'proj_test1', allowInsecure: true, ...change })!.get(
    'v1/exec/tools',
    signal,
  )

test('a callback asks the router about its project, with the token of the operator', async () => {
  assert.deepEqual(await get({}), { allowed: true })
  assert.deepEqual(seen, ['GET /proj_test1/v1/exec/tools'])
})

test('a callback that fails says why and never the token', async () => {
  const withoutToken = (error: Error) => !error.message.includes('rt_')
  await assert.rejects(
    get({ token: 'rt_other' }),
    (error: Error) => /answered the callback with 401/.test(error.message) && withoutToken(error),
  )
  await assert.rejects(
    get({ routerUrl: 'http://127.0.0.1:1' }),
    (error: Error) => /could not be reached/.test(error.message) && withoutToken(error),
  )
  await assert.rejects(
    get({ allowInsecure: false }),
    { code: 'execution_failed' },
    'the token does not go over plain http unless that is allowed',
  )
})

test('there is no callback without a token', () => {
  assert.equal(createCallback({ routerUrl, token: undefined, project: 'p', allowInsecure: true }), undefined)
})
