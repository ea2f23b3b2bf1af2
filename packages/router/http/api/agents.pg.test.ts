// What operators do to agents that are online. The agent itself is a record of what it was sent:
// the wire has its own tests.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { agentHealths } from '@xerotier/protocol/api/agents.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import { onlineAgent } from '../../domain/fleet/online-agent.fixture.ts'
import type { OnlineAgent } from '../../domain/fleet/online-agent.ts'
import { newId } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
let prod: string
let agent: OnlineAgent
let sent: RouterFrame[]
let dropped: { reason: string; reenroll: boolean }[]
let woken: number

const tool = (name: string, risk: Risk = 'read', changes: Partial<ToolDescriptor> = {}): ToolDescriptor => ({
  name,
  description: name,
  risk,
  domain: 'host',
  workspace_types: [],
  input_schema: { type: 'object' },
  schema_digest: '0'.repeat(64),
  timeout_ms: 1000,
  idempotent: false,
  mcp_visible: true,
  auto_fork_branch: false,
  operands: [],
  credentials: null,
  has_preview: false,
  has_undo: false,
  bundle: 'host',
  bundle_version: '1',
  ...changes,
})

async function online(name: string, tools: ToolDescriptor[]): Promise<OnlineAgent> {
  const id = newId('agt', router.clock.now())
  const until = router.clock.now() + 3_600_000
  await router.core.store.db
    .insertInto('agents')
    .values({
      id,
      project_id: router.projectId,
      name,
      role: 'xem',
      region: 'eu',
      state: 'pending',
      signing_public_key: Buffer.alloc(32, id),
      curve_public_key: id.padEnd(40, '0'),
      enrolled_at: new Date(),
    })
    .execute()
  const change = { state: 'active' as const, lease_expires_at: new Date(until) }
  await router.core.store.db.updateTable('agents').set(change).where('id', '=', id).execute()
  const joined = onlineAgent(name, tools, {
    id,
    projectId: router.projectId,
    maxConcurrent: 5,
    leaseUntil: router.clock.monotonic() + 3_600_000,
    lastHeartbeatAt: router.clock.now(),
    send: (frame) => void sent.push(frame),
    drop: (reason, reenroll) => void dropped.push({ reason, reenroll }),
  })
  router.core.fleet.join(joined)
  return joined
}

before(async () => {
  router = await startApiForTests()
  prod = (await router.call('POST', '/acme/v1/workspaces', { body: { name: 'prod', type: 'kubernetes' } })).body.id
  const { dispatcher } = router.core
  router.core.dispatcher = { ...dispatcher, wake: () => void woken++ }
})
after(() => router.stop())

let number = 0
beforeEach(async () => {
  sent = []
  dropped = []
  woken = 0
  if (agent !== undefined) router.core.fleet.leave(agent)
  agent = await online(`host-${++number}`, [
    tool('host_uptime'),
    tool('kubectl_get', 'read', { workspace_types: ['kubernetes'] }),
  ])
})

const verb = (name: string, body?: unknown) =>
  router.call('POST', `/acme/v1/management/agents/${agent.name}/${name}`, { body })
const bind = (body: Record<string, unknown>) => router.call('POST', '/acme/v1/workspaces/prod/bindings', { body })

describe('a pause', () => {
  test('reaches the fleet and the agent, and is lifted again', async () => {
    const paused = await verb('pause-exec', { reason: 'incident 7' })
    assert.deepEqual([paused.body.health, paused.body.paused[0].reason], ['paused', 'incident 7'])
    assert.deepEqual([...agent.paused], [null])
    assert.deepEqual(sent, [{ t: 'pause', paused: [{ workspace_id: null }] }])
    const resumed = await verb('resume-exec')
    assert.deepEqual([resumed.body.health, resumed.body.paused], ['healthy', []])
    assert.deepEqual([...agent.paused], [])
    assert.equal(woken, 1)
  })

  test('of one workspace leaves the others alone', async () => {
    await bind({ agent: agent.name })
    const { body } = await verb('pause-exec', { workspace: 'prod' })
    assert.deepEqual([body.health, body.paused[0].workspace_id, body.paused[0].workspace], ['healthy', prod, 'prod'])
    assert.deepEqual([...agent.paused], [prod])
    const seen = (await router.call('GET', '/acme/v1/workspaces/prod')).body.agents
    assert.equal(seen.find((one: { agent: string }) => one.agent === agent.name).health, 'paused')
    const { data } = (await router.call('GET', `/acme/v1/management/agents/${agent.name}/events?limit=1`)).body
    const { pause_id } = body.paused[0]
    const said = { pause_id, workspace: 'prod', reason: null, incident: null, ends_at: null }
    assert.deepEqual([data[0].kind, data[0].data], ['agent.paused', said])
    await verb('pause-exec')
    await verb('resume-exec', { workspace: 'prod' })
    assert.deepEqual([...agent.paused], [null])
    await verb('resume-exec')
    assert.deepEqual([...agent.paused], [])
  })

  test('shows in the workspaces that it touches, with its reason and its author', async () => {
    await router.call('POST', '/acme/v1/workspaces', { body: { name: `lab-${number}` } })
    for (const workspace of ['prod', `lab-${number}`])
      await router.call('POST', `/acme/v1/workspaces/${workspace}/bindings`, { body: { agent: agent.name } })
    const seenIn = async (workspace: string) => {
      const { body } = await router.call('GET', `/acme/v1/workspaces/${workspace}`)
      const { health, paused } = body.agents.find((one: { agent: string }) => one.agent === agent.name)
      return [health, ...paused.map((one: Record<string, unknown>) => [one.workspace, one.reason, one.paused_by_name])]
    }
    assert.deepEqual(await seenIn('prod'), ['healthy'])
    await verb('pause-exec', { workspace: 'prod', reason: 'stale credentials' })
    const inProd = ['prod', 'stale credentials', 'owner']
    assert.deepEqual(await seenIn('prod'), ['paused', inProd])
    assert.deepEqual(await seenIn(`lab-${number}`), ['healthy'])
    await verb('pause-exec', { reason: 'incident 7' })
    const wholly = [null, 'incident 7', 'owner']
    assert.deepEqual(await seenIn('prod'), ['paused', inProd, wholly])
    assert.deepEqual(await seenIn(`lab-${number}`), ['paused', wholly])
    router.core.fleet.leave(agent)
    assert.deepEqual(await seenIn(`lab-${number}`), ['offline', wholly])
  })

  test('is on record', async () => {
    await verb('pause-exec', { reason: 'x' })
    await verb('resume-exec')
    const events = (await router.call('GET', `/acme/v1/management/agents/${agent.name}/events`)).body.data
    assert.deepEqual(
      events.map((event: { kind: string }) => event.kind),
      ['agent.resumed', 'agent.paused'],
    )
    const rest = await router.call(
      'GET',
      `/acme/v1/management/agents/${agent.name}/events?limit=1&after=${events[0].id}`,
    )
    assert.equal(rest.body.data[0].kind, 'agent.paused')
  })
})

describe('a binding', () => {
  test('reaches the fleet and the agent, and wakes what waited', async () => {
    const { body } = await bind({ agent: agent.id, credentials_ref: 'prod.yaml' })
    assert.equal(body.agents.at(-1).credentials_ref, 'prod.yaml')
    const binding = { workspace_id: prod, workspace: 'prod', type: 'kubernetes', credentials_ref: 'prod.yaml' }
    assert.deepEqual(sent, [{ t: 'bindings', bindings: [binding] }])
    assert.deepEqual(agent.bindings.get(prod), binding)
    assert.equal(woken, 1)
    await bind({ agent: agent.id })
    assert.equal(agent.bindings.get(prod)?.credentials_ref, null)
    await router.call('DELETE', `/acme/v1/workspaces/prod/bindings/${agent.name}`)
    assert.equal(agent.bindings.size, 0)
    const again = await router.call('DELETE', `/acme/v1/workspaces/prod/bindings/${agent.name}`)
    assert.deepEqual([again.status, again.body.error.code], [404, 'binding_not_found'])
  })

  test('cannot name a credential file outside of its folder', async () => {
    const { body } = await bind({ agent: agent.id, credentials_ref: '../../etc/shadow' })
    assert.deepEqual([body.error.code, body.error.param], ['invalid_body', 'credentials_ref'])
  })
})

test('revoked credentials end the session, and only a new enrollment helps', async () => {
  router.core.enrolledKeys.add({
    id: agent.id,
    curve_public_key: agent.id.padEnd(40, '0'),
    signing_public_key: newSigningKey().publicKey,
  })
  const { body } = await verb('revoke-credentials')
  assert.deepEqual([body.state, body.health], ['suspended', 'suspended'])
  assert.deepEqual(
    dropped.map((drop) => drop.reenroll),
    [true],
  )
  assert.equal(router.core.enrolledKeys.get(agent.id.padEnd(40, '0')), undefined)
  assert.equal((await verb('revoke-credentials')).status, 200)
})

test('a deleted agent is gone: session, bindings, name', async () => {
  await bind({ agent: agent.name })
  const path = `/acme/v1/management/agents/${agent.name}`
  assert.equal((await router.call('DELETE', path)).status, 200)
  assert.deepEqual(
    dropped.map((drop) => drop.reenroll),
    [true],
  )
  assert.equal((await router.call('GET', path)).status, 404)
  assert.equal((await router.call('DELETE', path)).status, 404)
  const bound = (await router.call('GET', '/acme/v1/workspaces/prod')).body.agents
  assert.ok(!bound.some((one: { agent: string }) => one.agent === agent.name))
  // What it ran is still found by either.
  for (const reference of [agent.name, agent.id])
    assert.equal((await router.call('GET', `/acme/v1/exec/executions?agent=${reference}`)).status, 200)
  const never = await router.call('GET', '/acme/v1/exec/executions?agent=never-was')
  assert.deepEqual([never.status, never.body.error.code], [404, 'agent_not_found'])
})

test('health follows the session, not the row alone', async () => {
  const health = async () => (await router.call('GET', `/acme/v1/management/agents/${agent.name}`)).body.health
  assert.equal(await health(), 'healthy')
  router.core.fleet.change(agent, { draining: true })
  assert.equal(await health(), 'draining')
  router.core.fleet.change(agent, { draining: false, leaseUntil: router.clock.monotonic() - 1 })
  assert.equal(await health(), 'offline')
})

describe('the list by status', () => {
  interface Listed {
    id: string
    health: string
    paused: unknown[]
  }
  const list = async (query: string) => (await router.call('GET', `/acme/v1/management/agents?${query}`)).body
  const act = (name: string, what: string, body?: unknown) =>
    router.call('POST', `/acme/v1/management/agents/${name}/${what}`, { body })

  test('shows whom the whole list shows so, in pages that are full and leave nobody out', async () => {
    const { fleet, store } = router.core
    for (let round = 0; round < 3; round++) {
      const make = (name: string) => online(`${name}-${round}`, [])
      await make('healthy')
      Object.assign(await make('draining'), { draining: true })
      Object.assign(await make('unhealthy'), { unfit: 'no folder can be made' })
      Object.assign(await make('degraded'), { refusedManifest: { fault: 'tools: too many' } })
      Object.assign(await make('lapsed'), { leaseUntil: router.clock.monotonic() - 1 })
      fleet.leave(await make('away'))
      await make('suspended')
      await act(`suspended-${round}`, 'revoke-credentials')
      const { id } = await make('pending')
      await act(id, 'revoke-credentials')
      await store.db.updateTable('agents').set({ state: 'pending' }).where('id', '=', id).execute()
      await make('paused')
      await act(`paused-${round}`, 'pause-exec')
      await make('partly')
      await act(`partly-${round}`, 'pause-exec', { workspace: 'prod' })
      const asleep = await make('asleep')
      await act(asleep.name, 'pause-exec', { reason: 'asleep' })
      fleet.leave(asleep)
    }
    const all: Listed[] = (await list('limit=100')).data
    for (const status of [...agentHealths, 'offline,pending', 'healthy,paused']) {
      const words = status.split(',')
      const shown = all.filter(
        ({ health, paused }) => words.includes(health) || (words.includes('paused') && paused.length > 0),
      )
      assert.ok(shown.length >= 3, status)
      const found: Listed[] = []
      for (let page = await list(`status=${status}&limit=2`); ; ) {
        found.push(...page.data)
        if (!page.has_more) break
        assert.equal(page.data.length, 2, status)
        page = await list(`status=${status}&limit=2&after=${page.last_id}`)
      }
      assert.deepEqual(
        found.map(({ id }) => id),
        shown.map(({ id }) => id),
        status,
      )
    }
    const both = (await list('status=offline&state=suspended')).data
    assert.deepEqual(both, [])
  })

  test('refuses a status that is none, by name', async () => {
    for (const status of ['asleep', 'offline,asleep', '']) {
      const { error } = await list(`status=${status}`)
      assert.deepEqual([error.code, error.param], ['invalid_request', 'status'])
    }
    assert.equal((await router.call('GET', '/acme/v1/management/agents?status=asleep')).status, 400)
  })
})

describe('the catalogue', () => {
  test('lists each tool once, at its highest risk, by name and in pages', async () => {
    const second = await online(`other-${number}`, [tool('host_uptime', 'write'), tool('host_kill', 'destructive')])
    const all = (await router.call('GET', '/acme/v1/exec/tools')).body
    assert.deepEqual(
      all.data.map((one: ToolDescriptor & { agents_online: number }) => [one.name, one.risk, one.agents_online]),
      [
        ['host_kill', 'destructive', 1],
        ['host_uptime', 'write', 2],
        ['kubectl_get', 'read', 1],
      ],
    )
    const page = (await router.call('GET', '/acme/v1/exec/tools?limit=1&after=host_kill')).body
    assert.deepEqual([page.data[0].name, page.has_more, page.last_id], ['host_uptime', true, 'host_uptime'])
    const risky = (await router.call('GET', '/acme/v1/exec/tools?risk=destructive,irreversible')).body
    assert.deepEqual(
      risky.data.map((one: ToolDescriptor) => one.name),
      ['host_kill'],
    )
    const shown = (await router.call('GET', '/acme/v1/exec/tools/host_uptime')).body
    assert.deepEqual(
      shown.offered_by.map((one: { agent: string }) => one.agent),
      [agent.name, second.name],
    )
    router.core.fleet.leave(second)
  })

  test('of a workspace is what agents bound to it offer', async () => {
    const names = async () =>
      (await router.call('GET', '/acme/v1/exec/tools?workspace=prod')).body.data.map((one: ToolDescriptor) => one.name)
    assert.deepEqual(await names(), [])
    await bind({ agent: agent.name })
    assert.deepEqual(await names(), ['host_uptime', 'kubectl_get'])
  })

  test('answers 404 for a tool that nobody offers', async () => {
    const { status, body } = await router.call('GET', '/acme/v1/exec/tools/rm_rf')
    assert.deepEqual([status, body.error.code], [404, 'exec_tool_not_found'])
  })
})
