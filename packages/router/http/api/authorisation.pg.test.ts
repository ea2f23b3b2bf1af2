import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Scope, scopes } from '@xerotier/protocol/api/scopes.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { newId } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

/**
 * Who may call what, written down a second time: a route that is not here fails, and so does one
 * that was opened up.
 */
const expected: Record<RouteId, 'public' | 'agent' | Scope[] | { anyOf: Scope[] }> = {
  'health.live': 'public',
  'health.ready': 'public',
  'health.dashboard': ['management'],
  'health.history': ['management'],
  'metrics.read': 'public',
  'openapi.read': 'public',
  'enroll.create': 'public',
  'enroll.refresh': 'agent',
  'enroll.again': 'public',
  'project.show': ['management'],
  'project.update': ['management'],
  'whoami.show': { anyOf: ['inference', 'execution', 'management'] },
  'loginLinks.create': { anyOf: ['inference', 'execution', 'management'] },
  'whoami.update': { anyOf: ['inference', 'execution', 'management'] },
  'members.list': ['management'],
  'members.add': ['management'],
  'members.show': ['management'],
  'members.update': ['management'],
  'members.remove': ['management'],
  'members.endSessions': ['management'],
  'sessions.list': ['management'],
  'sessions.end': ['management'],
  'groups.list': ['management'],
  'groups.create': ['management'],
  'groups.show': ['management'],
  'groups.delete': ['management'],
  'groups.addMember': ['management'],
  'groups.removeMember': ['management'],
  'delegations.list': ['management'],
  'delegations.create': ['management'],
  'delegations.show': ['management'],
  'delegations.end': ['management'],
  'invitations.list': ['management'],
  'invitations.create': ['management'],
  'invitations.show': ['management'],
  'invitations.revoke': ['management'],
  'invitations.accept': 'public',
  'agents.list': ['management'],
  'agents.show': ['management'],
  'agents.update': ['management'],
  'agents.delete': ['management'],
  'agents.events': ['management'],
  'agents.eventStream': ['management'],
  'agents.pause': ['management'],
  'agents.resume': ['management'],
  'agents.acceptRisk': ['management'],
  'agents.curveRotate': ['management'],
  'agents.rotateSigningKey': ['management'],
  'agents.rotations': ['management'],
  'grantKeys.show': ['management'],
  'grantKeys.rotate': ['management'],
  'agents.revokeCredentials': ['management'],
  'pauses.list': ['management'],
  'pauses.create': ['management'],
  'pauses.plan': ['management'],
  'pauses.show': ['management'],
  'pauses.end': ['management'],
  'candidates.list': ['management'],
  'candidates.show': ['management'],
  'candidates.approve': ['management'],
  'candidates.reject': ['management'],
  'joinKeys.list': ['management'],
  'joinKeys.create': ['management'],
  'joinKeys.show': ['management'],
  'joinKeys.revoke': ['management'],
  'apiKeys.list': ['management'],
  'apiKeys.create': ['management'],
  'apiKeys.show': ['management'],
  'apiKeys.revoke': ['management'],
  'apiKeys.rotate': ['management'],
  'apiKeys.ipFilter': ['management'],
  'apiKeys.quota': ['management'],
  'apiKeys.workspaces': ['management'],
  'topology.show': ['management'],
  'workspaces.list': { anyOf: ['inference', 'execution'] },
  'workspaces.create': ['inference', 'management'],
  'workspaces.show': { anyOf: ['inference', 'execution'] },
  'workspaces.delete': ['inference', 'management'],
  'workspaces.bind': ['inference', 'management'],
  'workspaces.unbind': ['inference', 'management'],
  'tools.list': ['execution'],
  'tools.show': ['execution'],
  'invocations.submit': ['execution'],
  'invocations.plan': ['execution'],
  'invocations.list': ['execution'],
  'invocations.show': ['execution'],
  'invocations.cancel': ['execution'],
  'executions.list': ['execution'],
  'executions.stream': ['execution'],
  'executions.show': ['execution'],
  'executions.raw': ['execution'],
  'executions.artifact': ['execution'],
  'executions.artifacts': ['execution'],
  'executions.resolve': ['execution'],
  'executions.retry': ['execution'],
  'executions.schema': ['execution'],
  'approvals.list': ['execution'],
  'approvals.stream': ['execution'],
  'approvals.show': ['execution'],
  'approvals.standing': ['execution'],
  'approvals.approve': ['execution'],
  'approvals.reject': ['execution'],
  'approvals.decide': ['execution'],
  'approvals.withdraw': ['execution'],
  'approvals.recommend': ['execution'],
  'approvals.breakGlass': ['execution'],
  'approvals.review': ['execution'],
  'policies.list': { anyOf: ['execution', 'management'] },
  'policies.schema': { anyOf: ['execution', 'management'] },
  'policies.words': { anyOf: ['execution', 'management'] },
  'policies.check': { anyOf: ['execution', 'management'] },
  'policies.test': { anyOf: ['execution', 'management'] },
  'policies.backtest': { anyOf: ['execution', 'management'] },
  'policies.show': { anyOf: ['execution', 'management'] },
  'policies.apply': ['management'],
  'policies.delete': ['management'],
  'policies.activate': ['management'],
  'policies.versions': { anyOf: ['execution', 'management'] },
  'policies.diff': { anyOf: ['execution', 'management'] },
  'policies.shadow': { anyOf: ['execution', 'management'] },
  'approvalLinks.list': ['management'],
  'approvalLinks.create': ['management'],
  'approvalLinks.revoke': ['management'],
  'webhooks.list': ['management'],
  'webhooks.create': ['management'],
  'webhooks.show': ['management'],
  'webhooks.update': ['management'],
  'webhooks.delete': ['management'],
  'webhooks.test': ['management'],
  'webhooks.rotateSecret': ['management'],
  'webhooks.deliveries': ['management'],
  'channels.list': ['management'],
  'channels.create': ['management'],
  'channels.show': ['management'],
  'channels.update': ['management'],
  'channels.delete': ['management'],
  'channels.test': ['management'],
  'deliveries.list': ['management'],
  'deliveries.redeliver': ['management'],
  'exports.list': ['management'],
  'exports.create': ['management'],
  'exports.show': ['management'],
  'exports.download': ['management'],
  'exports.delete': ['management'],
  'legalHolds.list': ['management'],
  'legalHolds.create': ['management'],
  'legalHolds.show': ['management'],
  'legalHolds.release': ['management'],
  'audit.records': ['management'],
  'audit.stream': ['management'],
  'audit.record': ['management'],
  'audit.log': ['management'],
  'audit.checkpoint': ['management'],
  'audit.entries': ['management'],
  'audit.tile': ['management'],
  'audit.tileBelow': ['management'],
  'audit.tileFarBelow': ['management'],
}

/** Of people, for owners alone: what says who the people of the project are. */
const ownersAlone: RouteId[] = [
  ...(['members.list', 'members.add', 'members.show', 'members.update', 'members.remove'] as const),
  ...(['members.endSessions', 'sessions.list', 'sessions.end'] as const),
  ...(['groups.list', 'groups.create', 'groups.show', 'groups.delete'] as const),
  ...(['groups.addMember', 'groups.removeMember'] as const),
  ...(['delegations.list', 'delegations.create', 'delegations.show', 'delegations.end'] as const),
  ...(['invitations.list', 'invitations.create', 'invitations.show', 'invitations.revoke'] as const),
]

let router: ApiForTests
let other: { projectId: string; key: string }
let expired: string
let revoked: string

before(async () => {
  router = await startApiForTests()
  other = await router.makeProject('other')
  expired = (await router.makeKey({ expiresAt: new Date(router.clock.now() - 1000) })).key
  const doomed = await router.makeKey({})
  await router.call('DELETE', `/acme/v1/management/api-keys/${doomed.id}`)
  revoked = doomed.key
})
after(() => router.stop())

const pathOf = (id: RouteId, project: string) =>
  routes[id].path.replace(':project_id', project).replace(/:[a-z_]+/g, 'something')

for (const id of routeIds) {
  const { method, auth } = routes[id]
  describe(`${id} (${method} ${routes[id].path})`, () => {
    const ask = (key: string | null, project = 'acme') => router.call(method, pathOf(id, project), { key })
    const messageOf = async (key: string | null, status: number, code: string, project?: string) => {
      const { status: got, body, headers } = await ask(key, project)
      assert.deepEqual([got, body.error?.code], [status, code])
      assert.ok(headers.get('x-request-id'))
      return body.error.message as string
    }
    const refused = async (key: string | null, status: number, code: string) =>
      void (await messageOf(key, status, code))

    test('is guarded as written down', () => {
      const { owners }: Route = routes[id]
      assert.deepEqual([auth, owners === true], [expected[id], ownersAlone.includes(id)])
    })

    if (auth === 'public') {
      test('needs no key', async () => assert.notEqual((await ask(null)).status, 401))
      return
    }
    test('refuses a caller without a key', () => refused(null, 401, 'authentication_error'))
    test('refuses what is no key', () => refused('hunter2', 401, 'authentication_error'))
    if (auth === 'agent') {
      test('refuses an API key', () => refused(router.key, 401, 'authentication_error'))
      return
    }
    test('refuses an unknown key', () => refused(`xero_acme_${'A'.repeat(43)}`, 401, 'authentication_error'))
    test('refuses an expired key', () => refused(expired, 401, 'authentication_error'))
    test('refuses a revoked key', () => refused(revoked, 401, 'authentication_error'))
    const scopesOfRoute: readonly Scope[] = 'anyOf' in auth ? auth.anyOf : auth
    if ('anyOf' in auth) {
      for (const scope of auth.anyOf) {
        test(`lets in a key that has ${scope} alone`, async () => {
          assert.notEqual((await ask((await router.makeKey({ scopes: [scope] })).key)).status, 403)
        })
      }
      test('refuses a key that has none of its scopes', async () => {
        const lacking = await router.makeKey({ scopes: scopes.filter((one) => !scopesOfRoute.includes(one)) })
        assert.match(await messageOf(lacking.key, 403, 'scope_insufficient'), new RegExp(auth.anyOf[0]))
      })
    }
    for (const scope of 'anyOf' in auth ? [] : auth) {
      test(`refuses a key without the scope ${scope}, and names it`, async () => {
        const lacking = await router.makeKey({ scopes: scopes.filter((one) => one !== scope) })
        assert.match(await messageOf(lacking.key, 403, 'scope_insufficient'), new RegExp(scope))
      })
    }
    test('refuses the key of another project, whether or not the project exists', async () => {
      const known = await messageOf(other.key, 403, 'cross_project_access', router.projectId)
      assert.equal(await messageOf(other.key, 403, 'cross_project_access', 'acme'), known)
      assert.equal(await messageOf(other.key, 403, 'cross_project_access', 'proj_000000'), known)
    })
    if (ownersAlone.includes(id)) {
      test('refuses a service key once the project has an owner', async () => {
        await messageOf((await router.makeKey({})).key, 403, 'owner_required')
      })
      test('lets a service key in while the project has no owner', async () => {
        assert.notEqual((await ask(other.key, other.projectId)).body.error?.code, 'owner_required')
      })
      test('refuses a member, whatever the scopes of their key', async () => {
        const { key } = await router.makePerson(`member-${id.replace('.', '-')}`, { scopes: [...scopes] })
        await messageOf(key, 403, 'scope_insufficient')
      })
    }
    test('lets the right key in', async () => {
      // A stream that is let in never ends by itself.
      if (routes[id].response === 'sse') {
        const stop = new AbortController()
        const response = await fetch(router.url + pathOf(id, 'acme'), {
          headers: { authorization: `Bearer ${router.key}` },
          signal: stop.signal,
        })
        // One of nobody ends at once.
        assert.equal(response.status, routes[id].path.includes('/:id') ? 404 : 200)
        stop.abort()
        return
      }
      const name = `right-${id.replace('.', '-')}`
      const { key } = ownersAlone.includes(id)
        ? await router.makePerson(name, { role: 'owner', scopes: [...scopesOfRoute] })
        : await router.makeKey({ scopes: scopesOfRoute })
      const { status } = await ask(key, router.projectId)
      assert.ok(![401, 403, 429, 500, 503].includes(status), String(status))
    })
  })
}

test('a workspace in the place of the project names its own, to keys of that project alone', async () => {
  const make = (project: string, key: string) =>
    router.call('POST', `/${project}/v1/workspaces`, { key, body: { name: 'where' } })
  const [mine, theirs] = [(await make('acme', router.key)).body.id, (await make('other', other.key)).body.id]
  // The second time it is remembered.
  for (let times = 0; times < 2; times++) {
    const { status, body } = await router.call('GET', `/${mine}/v1/management/project`)
    assert.deepEqual([status, body.id], [200, router.projectId])
  }
  const submitted = await router.call('POST', `/${mine}/v1/exec/invocations`, {
    body: { workspace: 'where', tool: 'nothing', args: {} },
  })
  assert.equal(submitted.body.error.code, 'exec_tool_not_found')
  const refusals = []
  for (const id of [theirs, newId('ws', router.clock.now()), 'ws_0', 'where', `${mine}0`]) {
    const { status, body } = await router.call('GET', `/${id}/v1/management/project`)
    assert.deepEqual([status, body.error.code], [403, 'cross_project_access'], id)
    refusals.push(body.error.message)
  }
  assert.equal(new Set(refusals).size, 1)
})

describe("an agent's token", () => {
  test('opens the agent routes and no others', async () => {
    const token = (await router.makeAgent()).token
    assert.equal((await router.call('POST', '/v1/enroll/refresh', { key: token })).status, 200)
    assert.equal((await router.call('GET', '/acme/v1/management/agents', { key: token })).status, 401)
  })
  test('is void once the credentials are revoked', async () => {
    const { id, token } = await router.makeAgent()
    await router.core.store.db.updateTable('agents').set({ state: 'suspended' }).where('id', '=', id).execute()
    const { status, body } = await router.call('POST', '/v1/enroll/refresh', { key: token })
    assert.deepEqual([status, body.error.code], [401, 'agent_credentials_revoked'])
  })
  test('expires', async () => {
    const token = (await router.makeAgent()).token
    router.clock.shift(24 * 3_600_000 + 1000)
    const { status, body } = await router.call('POST', '/v1/enroll/refresh', { key: token })
    assert.deepEqual([status, body.error.code], [401, 'authentication_error'])
  })
})
