// Every example of the reference, sent to a router.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { curlOf, exampleOf } from './curl.ts'

let router: RouterForTests
let serving: ServingAgent
/** By what stands in for it in an example. */
const made = new Map<string, string>()
/** What an example reads from a file. */
const files = new Map<RouteId, unknown>()
before(async () => {
  const clock = shiftedClock()
  const inAWeek = new Date(clock.now() + 7 * 86_400_000).toISOString()
  router = await startRouterForTests({ clock })
  const { client, projectId } = router
  serving = await servingAgent(client, 'web-1', 'prod', [toolOf('host_uptime'), toolOf('kubectl_drain')])
  for (const name of ['sam', 'sue', 'mia']) await personForTests(router.router.core, projectId, name)
  await client.call('members.remove', { params: { id: 'mia@example.com' } }) // to be added
  const delegation = await client.call('delegations.create', {
    body: { kind: 'grant', to: 'sue@example.com', ends_at: inAWeek },
  })
  const pause = await client.call('pauses.create', { body: { tool: 'kubectl_drain', workspace: 'prod' } })
  const invite = (email: string) => client.call('invitations.create', { body: { email } })
  const invitation = await invite('ann@example.com')
  const accepted = await invite('dan@example.com')
  for (const quorum of [1, 2]) {
    await client.call('policies.apply', {
      params: { policy: 'prod' },
      body: { workspace: 'prod', document: { quorum } },
    })
  }
  made.set('$IN_A_WEEK', inAWeek).set('$DELEGATION', delegation.id).set('$PAUSE', pause.id)
  made.set('$INVITATION', invitation.id)
  files.set('invitations.accept', { token: accepted.token, name: 'Dan' })
})
after(async () => {
  serving.agent.close()
  await router.stop()
})

/** A request that is not what the route takes. That there are no such things, it cannot help. */
const wrong =
  /^(?:invalid_|json_parse|unsupported_media|not_found$|method_not_allowed|authentication_error|internal_error)/

/** Examples that succeed: what they name is made by the set-up, or by one that is sent before. */
const succeeds = /^(?:members|groups|delegations|invitations|policies|pauses)\./

const sent = routeIds.filter((one) => !one.startsWith('enroll.'))
const deletes = (id: RouteId) => exampleOf(id).method === 'DELETE'
// What was made last is deleted first, after all that asks for it.
for (const id of [...sent.filter((one) => !deletes(one)), ...sent.filter(deletes).reverse()]) {
  test(curlOf(id), async () => {
    const { response: kind, auth }: Route = routes[id]
    const { method, path, body: written } = exampleOf(id)
    const body = files.get(id) ?? inTime(written)
    const stop = new AbortController()
    const response = await fetch(
      router.client.origin +
        path
          .replace('$PROJECT', router.client.project ?? '')
          .replaceAll(/\$[A-Z_]+/g, (name) => made.get(name) ?? '01900000-0000-7000-8000-000000000000'),
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
    if (succeeds.test(id)) assert.fail(`${error.code}: ${error.message}`)
  })
}

/** With the time that the shell would have put in. */
function inTime(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body ?? null).replaceAll('$IN_A_WEEK', made.get('$IN_A_WEEK') ?? '')) ?? undefined
}
