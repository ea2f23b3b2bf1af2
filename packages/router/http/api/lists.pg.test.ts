import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { newId, newUuid } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
let other: { projectId: string; key: string }
let prod: string
let lab: string
let agentId: string

const makeAgent = async (name: string, projectId = router.projectId) => {
  const id = newId('agt', router.clock.now())
  const row = { id, project_id: projectId, name, role: 'xem' as const, region: 'eu', state: 'pending' as const }
  const keys = { signing_public_key: Buffer.alloc(32, id), curve_public_key: id.padEnd(40, '0') }
  await router.core.store.db
    .insertInto('agents')
    .values({ ...row, ...keys, enrolled_at: new Date() })
    .execute()
  return id
}
const makeApproval = async (executionId: string, changes: Record<string, unknown> = {}) => {
  const id = newUuid(router.clock.now())
  const now = new Date(router.clock.now())
  await router.core.store.db
    .insertInto('approvals')
    .values({
      id,
      project_id: router.projectId,
      execution_id: executionId,
      workspace_id: prod,
      tool: 'host_kill',
      risk: 'destructive',
      state: 'pending',
      args: '{}',
      prompt: 'Kill it',
      digest: '0',
      schema_digest: '0',
      policy_version: 1,
      credentials_ref: null,
      requested_by: 'key_test',
      requested_at: now,
      expires_at: new Date(now.getTime() + 900_000),
      ...changes,
    })
    .execute()
  return id
}
const get = async (path: string) => (await router.call('GET', `/acme/v1/${path}`)).body
const ids = async (path: string) => (await get(path)).data.map((item: { id: string }) => item.id)

before(async () => {
  router = await startApiForTests()
  other = await router.makeProject('other')
  const workspace = async (name: string) =>
    (await router.call('POST', '/acme/v1/workspaces', { body: { name } })).body.id
  prod = await workspace('prod')
  lab = await workspace('lab')
  agentId = await makeAgent('jumphost')
})
after(() => router.stop())

describe('executions', () => {
  let stored: Record<string, string>
  let asker: string
  before(async () => {
    asker = (await router.makeKey({})).id
    stored = {
      read: await router.storeExecution({ workspace_id: prod }),
      kill: await router.storeExecution({
        ...{ workspace_id: prod, tool: 'host_kill', risk: 'destructive' },
        ...{ state: 'pending_approval', requested_by: asker },
      }),
      lab: await router.storeExecution({ workspace_id: lab, state: 'dispatched', agent_id: agentId }),
    }
    await router.storeExecution({ workspace_id: prod, project_id: other.projectId })
  })

  test('are filtered on the server, newest first, and only the projects own', async () => {
    const { read, kill, lab: inLab } = stored
    const cases: [string, (string | undefined)[]][] = [
      ['', [inLab, kill, read]],
      ['?status=queued', [read]],
      ['?status=queued,dispatched', [inLab, read]],
      ['?status=queued&status=dispatched', [inLab, read]],
      ['?risk=destructive', [kill]],
      ['?tool=host_kill', [kill]],
      ['?workspace=lab', [inLab]],
      [`?workspace=${prod}`, [kill, read]],
      ['?agent=jumphost', [inLab]],
      [`?agent=${agentId}&status=queued`, []],
      [`?requester=${asker}`, [kill]],
      [`?requester=${asker}&workspace=lab`, []],
      [`?since=${new Date(router.clock.now() + 60_000).toISOString()}`, []],
      [`?until=${new Date(router.clock.now() - 60_000).toISOString()}`, []],
      [`?since=${new Date(router.clock.now() - 60_000).toISOString()}`, [inLab, kill, read]],
    ]
    for (const [query, expected] of cases) {
      assert.deepEqual(await ids(`exec/executions${query}`), expected, query)
      assert.deepEqual(await ids(`exec/invocations${query}`), expected, query)
    }
  })

  test('refuse filters that can match nothing', async () => {
    const param = async (query: string) => {
      const { error } = await get(`exec/executions?${query}`)
      return [error.code, error.param]
    }
    assert.deepEqual(await param('status=runing'), ['invalid_request', 'status'])
    assert.deepEqual(await param('risk=high'), ['invalid_request', 'risk'])
    assert.deepEqual(await param('after=abc'), ['invalid_request', 'after'])
    assert.deepEqual(await param('since=monday'), ['invalid_request', 'since'])
    assert.deepEqual(await param('workspace=nope'), ['workspace_not_found', 'workspace'])
    assert.deepEqual(await param('agent=nope'), ['agent_not_found', 'agent'])
    assert.deepEqual(await param('requester=nope'), ['invalid_request', 'requester'])
  })

  test('come in pages that meet and do not overlap', async () => {
    for (let n = 0; n < 7; n++) await router.storeExecution({ workspace_id: lab, tool: 'paged' })
    const seen: string[] = []
    let after = ''
    for (let page = 0; page < 3; page++) {
      const body = await get(`exec/executions?tool=paged&limit=3${after}`)
      assert.equal(body.has_more, page < 2)
      assert.equal(body.last_id, body.data.at(-1).id)
      seen.push(...body.data.map((one: { id: string }) => one.id))
      after = `&after=${body.last_id}`
      // What is new meanwhile does not shift the pages.
      await router.storeExecution({ workspace_id: lab, tool: 'paged' })
    }
    assert.equal(new Set(seen).size, 7)
    assert.deepEqual(seen, seen.toSorted().reverse())
    assert.deepEqual(await get('exec/executions?tool=none'), {
      object: 'list',
      data: [],
      has_more: false,
      last_id: null,
    })
  })

  test('show their output, their states, their approvals and their artifacts', async () => {
    const { db } = router.core.store
    const id = stored.lab!
    const at = new Date()
    const pieces = ['héllo ', 'wörld', '!'].map((text, seq) => ({
      data: Buffer.from(text),
      seq,
      stream: seq === 1 ? 2 : 1,
    }))
    await db
      .insertInto('execution_output')
      .values(pieces.map((piece) => ({ execution_id: id, attempt: 1, at, ...piece })))
      .execute()
    await db
      .insertInto('execution_output')
      .values({ execution_id: id, attempt: 0, seq: 0, stream: 1, at, data: Buffer.from('old') })
      .execute()
    const artifact = newId('cart', 1)
    await db
      .insertInto('artifacts')
      .values({
        id: artifact,
        project_id: router.projectId,
        execution_id: id,
        attempt: 1,
        name: 'rest.log',
        media_type: 'text/plain',
        created_at: at,
      })
      .execute()
    const chunks = Array.from({ length: 20 }, (_, seq) => ({
      artifact_id: artifact,
      seq,
      data: Buffer.alloc(1000, seq),
    }))
    await db.insertInto('artifact_chunks').values(chunks).execute()

    const shown = await get(`exec/executions/${id}`)
    assert.deepEqual([shown.stdout, shown.stderr, shown.agent], ['héllo !', 'wörld', 'jumphost'])
    assert.deepEqual(
      shown.transitions.map((move: { state: string }) => move.state),
      ['dispatched'],
    )
    assert.deepEqual(
      shown.artifacts.map((one: { id: string; bytes: number }) => [one.id, one.bytes]),
      [[artifact, 20_000]],
    )

    const raw = await router.call('GET', `/acme/v1/exec/executions/${id}/raw`)
    assert.deepEqual([raw.body, raw.headers.get('content-type')], ['héllo wörld!', 'application/octet-stream'])
    assert.equal((await router.call('GET', `/acme/v1/exec/executions/${id}/raw?stream=stderr`)).body, 'wörld')
    assert.equal((await get(`exec/executions/${id}/raw?stream=stdin`)).error.param, 'stream')
    const bytes = await router.call('GET', `/acme/v1/exec/executions/${id}/artifacts/${artifact}`)
    assert.equal(Buffer.byteLength(bytes.body), 20_000)
    assert.equal((await get(`exec/executions/${stored.read}/artifacts/${artifact}`)).error.code, 'artifact_not_found')
  })

  test('give long output in pages, whole', async () => {
    const id = await router.storeExecution({ workspace_id: lab, tool: 'long' })
    const rows = Array.from({ length: 100 }, (_, seq) => ({
      execution_id: id,
      attempt: 1,
      seq,
      stream: 1,
      at: new Date(),
      data: Buffer.from(`${seq}\n`),
    }))
    await router.core.store.db.insertInto('execution_output').values(rows).execute()
    const { body } = await router.call('GET', `/acme/v1/exec/executions/${id}/raw`)
    assert.equal(body, Array.from({ length: 100 }, (_, n) => `${n}\n`).join(''))
  })
})

describe('approvals', () => {
  test('show the open ones unless asked otherwise, and expire on read', async () => {
    const execution = () => router.storeExecution({ workspace_id: prod, state: 'pending_approval' })
    const fresh = await makeApproval(await execution())
    // The timer that writes expiries down has not come by: it is set back for the test.
    const due = await makeApproval(await execution(), { expires_at: new Date(router.clock.now() + 300) })
    const decided = await makeApproval(await execution())
    const change = { state: 'approved' as const, decided_by: 'key_x', decided_at: new Date() }
    await router.core.store.db.updateTable('approvals').set(change).where('id', '=', decided).execute()
    router.clock.shift(400)
    assert.deepEqual(await ids('exec/approvals'), [fresh])
    assert.deepEqual(await ids('exec/approvals?status=expired'), [due])
    assert.deepEqual(await ids('exec/approvals?status=approved,expired'), [decided, due])
    assert.deepEqual(await ids('exec/approvals?status=all'), [decided, due, fresh])
    assert.equal((await get(`exec/approvals/${due}`)).state, 'expired')
    assert.deepEqual(await ids('exec/approvals?status=all&workspace=lab'), [])
    assert.deepEqual(await ids('exec/approvals?risk=irreversible'), [])
  })

  test('are filtered by the agent that may get the call', async () => {
    assert.deepEqual(await ids('exec/approvals?agent=jumphost'), [])
    await router.call('POST', '/acme/v1/workspaces/prod/bindings', { body: { agent: 'jumphost' } })
    assert.equal((await ids('exec/approvals?agent=jumphost')).length, 1)
    await router.call('DELETE', '/acme/v1/workspaces/prod/bindings/jumphost')
  })
})

describe("another project's ids", () => {
  /** For each route with an id, one that exists in the project `acme`. */
  test('answer as unknown ones do, on every route', async () => {
    const executionId = await router.storeExecution({ workspace_id: prod, state: 'pending_approval' })
    const approvalId = await makeApproval(executionId)
    const make = async (path: string, body: unknown): Promise<string> => {
      const made = await router.call('POST', `/acme/v1/${path}`, { body })
      assert.equal(made.status, 201, path)
      return made.body.id
    }
    const apiKey = await router.makeKey({})
    const { id: member } = await router.makePerson('anna')
    const ends_at = new Date(router.clock.now() + 3_600_000).toISOString()
    const email = { kind: 'email', name: 'mail', to: ['anna@example.com'], is_active: false }
    const webhook = await make('webhooks', { url: 'https://example.com/', events: ['*'], is_active: false })
    const delivery = newId('dlv', router.clock.now())
    const at = new Date(router.clock.now())
    const times = { created_at: at, waiting_since: at, next_attempt_at: new Date(ends_at) }
    const queued = { event_id: 'evt_000000000000', type: 'test', state: 'pending' as const, body: '{}', ...times }
    await router.core.store.db
      .insertInto('deliveries')
      .values({ id: delivery, project_id: router.projectId, channel_id: webhook, lane: webhook, ...queued })
      .execute()
    const approvalLink = newId('lnk', router.clock.now())
    const asked_of = { approval_id: approvalId, user_id: member, digest: 'd'.repeat(64), created_by: member }
    const link = { id: approvalLink, project_id: router.projectId, created_at: at, expires_at: new Date(ends_at) }
    await router.core.store.db
      .insertInto('approval_links')
      .values({ ...link, ...asked_of })
      .execute()
    const { rows } = await router.core.store.pool.query(
      `select xid || '-' || seq as id from events where project_id = '${router.projectId}' limit 1`,
    )
    const known: Record<string, string> = {
      approvalLinks: approvalLink,
      ...{ members: member, sessions: await router.storeSession(member) },
      groups: await make('management/groups', { name: 'oncall', members: [member] }),
      delegations: await make('management/delegations', { kind: 'grant', to: member, ends_at }),
      ...{ pauses: await make('management/pauses', { workspace: 'prod' }), candidates: await router.storeCandidate() },
      invitations: await make('management/invitations', { email: 'ben@example.com' }),
      agents: agentId,
      joinKeys: await make('management/join-keys', { name: 'a', region: 'eu' }),
      apiKeys: apiKey.id,
      webhooks: webhook,
      channels: await make('notifications/channels', email),
      deliveries: delivery,
      workspaces: prod,
      ...{ invocations: executionId, executions: executionId },
      approvals: approvalId,
      audit: rows[0].id,
      exports: await make('exports', { type: 'agents', since: at.toISOString(), until: ends_at }),
      legalHolds: await make('management/legal-holds', { execution: executionId, reason: 'a case' }),
    }
    const unknown: Record<string, string> = {
      approvalLinks: 'lnk_000000000000',
      ...{ members: 'usr_000000000000', sessions: 'ses_000000000000' },
      groups: 'grp_000000000000',
      delegations: 'dlg_000000000000',
      ...{ pauses: 'pse_000000000000', candidates: 'cand_0000000', invitations: 'inv_000000000000' },
      ...{ agents: 'agt_000000000000', workspaces: 'ws_000000000000' },
      joinKeys: 'jk_000000000000',
      apiKeys: 'key_000000000000',
      webhooks: 'wh_000000000000',
      channels: 'chn_000000000000',
      deliveries: 'dlv_000000000000',
      ...{ invocations: newUuid(0), executions: newUuid(0) },
      approvals: newUuid(0),
      ...{ audit: '1-1', exports: 'exp_000000000000', legalHolds: 'lgh_000000000000' },
    }
    const bodies: Partial<Record<RouteId, unknown>> = {
      'groups.addMember': { member },
      'agents.update': { description: null },
      'apiKeys.ipFilter': 'null',
      'apiKeys.quota': 'null',
      'apiKeys.workspaces': 'null',
      'webhooks.update': { description: null },
      'channels.update': { name: 'x' },
      'workspaces.bind': { agent: agentId },
      'executions.resolve': { outcome: 'completed', note: 'x' },
      'approvals.recommend': { recommendation: 'reject', note: 'x' },
      'approvals.breakGlass': { reason: 'x' },
      'approvals.review': { note: 'x' },
    }
    let asked = 0
    for (const id of routeIds.filter((one) => routes[one].path.includes('/:id'))) {
      const { method, path } = routes[id]
      const noun = id.split('.')[0]!
      const ask = async (target: string) => {
        const url = path
          .replace(':project_id', 'other')
          .replace(':id', target)
          .replace(/:[a-z_]+/, agentId)
        const { status, body } = await router.call(method, url, { key: other.key, body: bodies[id] })
        // The message may name what was asked for.
        return { status, body: JSON.parse(JSON.stringify(body).replaceAll(target, 'ID')) }
      }
      assert.ok(known[noun] !== undefined && unknown[noun] !== undefined, noun)
      const [theirs, nobodys] = [await ask(known[noun]!), await ask(unknown[noun]!)]
      assert.equal(theirs.status, 404, id)
      assert.deepEqual(theirs, nobodys, id)
      asked++
    }
    assert.ok(asked >= 24, String(asked))
  })

  test('are no names and no filters either', async () => {
    const ask = async (path: string) => (await router.call('GET', `/other/v1/${path}`, { key: other.key })).status
    assert.equal(await ask('workspaces/prod'), 404)
    assert.equal(await ask('management/agents/jumphost'), 404)
    assert.equal(await ask(`exec/executions?workspace=${prod}`), 404)
    assert.equal(await ask(`exec/executions?agent=${agentId}`), 404)
    assert.equal(await ask(`exec/executions/stream?workspace=${prod}`), 404)
    const mine = (await router.call('POST', '/other/v1/workspaces', { key: other.key, body: { name: 'prod' } })).body.id
    const bind = await router.call('POST', `/other/v1/workspaces/${mine}/bindings`, {
      key: other.key,
      body: { agent: agentId },
    })
    assert.deepEqual([bind.status, bind.body.error.code], [404, 'agent_not_found'])
  })
})

test('agents are listed by state and workspace, page by page', async () => {
  const made = []
  for (let n = 0; n < 3; n++) made.unshift(await makeAgent(`worker-${n}`))
  await router.call('POST', '/acme/v1/workspaces/lab/bindings', {
    body: { agent: 'worker-1', credentials_ref: 'lab.yaml' },
  })
  assert.deepEqual(await ids('management/agents'), [...made, agentId])
  assert.deepEqual(await ids('management/agents?limit=2'), made.slice(0, 2))
  assert.deepEqual(await ids(`management/agents?limit=2&after=${made[1]}`), [made[2], agentId])
  assert.deepEqual(await ids('management/agents?workspace=lab'), [made[1]])
  assert.deepEqual(await ids('management/agents?state=active'), [])
  assert.equal((await get('management/agents?state=asleep')).error.param, 'state')
  const shown = await get('management/agents/worker-1')
  assert.deepEqual(shown.workspaces, [{ id: lab, name: 'lab', credentials_ref: 'lab.yaml' }])
  const described = await router.call('PATCH', '/acme/v1/management/agents/worker-1', {
    body: { description: 'spare' },
  })
  assert.equal(described.body.description, 'spare')
})

test('a cursor that is no id of the list is refused everywhere', async () => {
  const made = await get('management/api-keys')
  assert.equal((await get(`management/api-keys?after=${made.last_id}`)).object, 'list')
  for (const list of [
    'management/agents',
    'management/agents/jumphost/events',
    'management/api-keys',
    'management/join-keys',
    'workspaces',
    'exec/executions',
    'exec/invocations',
    'exec/approvals',
  ])
    for (const cursor of ['zzz', 'AAA', 'key', 'proj_000000000000000000000000', `ws_${'F'.repeat(24)}`]) {
      const { status, body } = await router.call('GET', `/acme/v1/${list}?after=${cursor}`)
      assert.deepEqual([status, body.error?.code, body.error?.param], [400, 'invalid_request', 'after'], list + cursor)
    }
})
