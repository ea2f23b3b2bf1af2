// Every example of the reference, sent to a router.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'
import { curlOf, exampleOf } from './curl.ts'

let router: RouterForTests
let serving: ServingAgent
before(async () => {
  router = await startRouterForTests()
  serving = await servingAgent(router.client, 'web-1', 'prod', [toolOf('host_uptime')])
})
after(async () => {
  serving.agent.close()
  await router.stop()
})

/** A request that is not what the route takes. That there are no such things, it cannot help. */
const wrong =
  /^(?:invalid_|json_parse|unsupported_media|not_found$|method_not_allowed|authentication_error|internal_error)/

for (const id of routeIds.filter((one) => !one.startsWith('enroll.'))) {
  test(curlOf(id), async () => {
    const { response: kind, auth }: Route = routes[id]
    const { method, path, body } = exampleOf(id)
    const stop = new AbortController()
    const response = await fetch(
      router.client.origin +
        path
          .replace('$PROJECT', router.client.project ?? '')
          .replaceAll(/\$[A-Z_]+/g, '01900000-0000-7000-8000-000000000000'),
      {
        method,
        signal: stop.signal,
        headers: {
          ...(auth === 'public' ? {} : { authorization: `Bearer ${router.apiKey}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    )
    if (kind === 'sse' && response.ok) return stop.abort()
    if (response.ok) return void (await response.arrayBuffer())
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    assert.doesNotMatch(error.code, wrong, error.message)
  })
}
