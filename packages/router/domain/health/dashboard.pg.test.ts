import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { healthDashboardSchema } from '@xerotier/protocol/api/dashboard.ts'
import { recordGauges } from './history.ts'
import { problemsOf } from './problems.ts'

let system: RouterForTests
let worker: ServingAgent
before(async () => {
  system = await startRouterForTests()
  const tools = [toolOf('look'), toolOf('wipe', { risk: 'destructive' })]
  worker = await servingAgent(system.client, 'worker', 'ws', tools, { max_concurrent_executions: 1 })
})
after(async () => {
  worker.agent.close()
  await system.stop()
})

const look = () => system.client.call('health.dashboard')
const submit = (tool: string) => system.client.call('invocations.submit', { body: { workspace: 'ws', tool, args: {} } })

test('the dashboard shows services, fleet, queue, approvals, database, disk, duties and followers as they are', async () => {
  const [running, queued, asked] = [await submit('look'), await submit('look'), await submit('wipe')]
  const seen = await until('every duty, and the first seal', async () => {
    const one = await look()
    const done = one.duties.filter(({ every_ms }) => every_ms <= 1_000).every(({ last_at }) => last_at !== null)
    return done && one.last_seal !== null && one.duties.length > 0 ? one : undefined
  })
  assert.deepEqual([running.state, queued.state, asked.state], ['dispatched', 'queued', 'pending_approval'])
  assert.deepEqual(seen.fleet, {
    agents: 1,
    by_health: { healthy: 1 },
    in_flight: 1,
    capacity: 1,
    ailing: [],
  })
  assert.deepEqual(seen.queue, { queued: 1, oldest_queued_at: queued.created_at, ambiguous: 0 })
  assert.equal(seen.approvals.pending, 1)
  assert.ok(seen.approvals.oldest_requested_at !== null && seen.approvals.next_expires_at !== null)
  assert.ok(seen.services.every(({ status }) => status === 'ok'))
  assert.ok(seen.database !== null && seen.database.size_bytes > 1_000_000 && seen.database.connections > 1)
  assert.ok(seen.disk !== null && seen.disk.free_bytes > 0 && seen.disk.size_bytes >= seen.disk.free_bytes)
  assert.ok(seen.followers.some(({ name }) => name === 'notifications'))
  assert.deepEqual([seen.duties.every(({ failures }) => failures === 0), seen.version.length > 0], [true, true])
})

test('an agent that is paused is counted as such', async () => {
  await system.client.call('agents.pause', { params: { id: 'worker' }, body: {} })
  assert.deepEqual((await look()).fleet.by_health, { paused: 1 })
  await system.client.call('agents.resume', { params: { id: 'worker' }, body: {} })
  assert.deepEqual((await look()).fleet.by_health, { healthy: 1 })
})

test('an agent that is not healthy is named, and makes the whole degraded', async () => {
  await system.client.call('agents.revokeCredentials', { params: { id: 'worker' } })
  const { status, fleet, problems } = await look()
  assert.deepEqual([status, fleet.by_health], ['degraded', { suspended: 1 }])
  assert.deepEqual(
    fleet.ailing.map(({ name, health }) => [name, health]),
    [['worker', 'suspended']],
  )
  assert.ok(problems.includes('worker is suspended.'), problems.join('\n'))
})

test('each figure past its bound is a sentence, and none within it is', () => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString()
  const well = healthDashboardSchema.omit({ status: true, problems: true }).parse({
    ...{ object: 'health_dashboard', at: at(0), version: '1', uptime_seconds: 1, services: [] },
    fleet: { agents: 0, by_health: {}, in_flight: 0, capacity: 0, ailing: [] },
    queue: { queued: 1, oldest_queued_at: at(59), ambiguous: 0 },
    approvals: { pending: 1, oldest_requested_at: at(1), next_expires_at: at(-61) },
    database: { server_version: '18', latency_ms: 250, size_bytes: 1, connections: 1, oldest_transaction_seconds: 60 },
    disk: { size_bytes: 100, free_bytes: 10 },
    duties: [{ name: 'expire', every_ms: 1000, last_at: at(10), took_ms: 1, failures: 0 }],
    followers: [{ name: 'audit', seconds_behind: 30 }],
    last_seal: null,
  })
  assert.deepEqual(problemsOf(well, now), [])
  const ill = {
    ...well,
    services: [{ name: 'database' as const, status: 'failing' as const, detail: 'does not answer' }],
    queue: { queued: 3, oldest_queued_at: at(61), ambiguous: 2 },
    approvals: { ...well.approvals, next_expires_at: at(-59) },
    database: { ...well.database!, latency_ms: 251, oldest_transaction_seconds: 61 },
    disk: { size_bytes: 100, free_bytes: 9 },
    duties: [{ name: 'expire', every_ms: 1000, last_at: at(11), took_ms: 1, failures: 2 }],
    followers: [{ name: 'audit', seconds_behind: 31 }],
  }
  assert.deepEqual(problemsOf(ill, now), [
    'database does not answer.',
    'The disk of the state folder has 9 % left.',
    '2 calls are ambiguous and wait for somebody to resolve them.',
    '3 calls are queued, the oldest for 61 s.',
    'An approval expires within 60 s.',
    'The database answers after 251 ms.',
    'A transaction has been open for 61 s, and holds events back.',
    'The follower audit is 31 s behind.',
    'The duty "expire" has failed 2 times in a row.',
    `The duty "expire" has not run since ${at(11)}.`,
  ])
})

test('the last day is told as curves, by what became of its calls, and by which tools fail', async () => {
  const before = await system.client.call('health.history')
  await recordGauges(system.router.core)
  const { points, activity } = await system.client.call('health.history')
  assert.ok(points.length > 0 && points.length <= 97)
  assert.ok(points.at(-1)?.agents_online !== undefined)
  assert.deepEqual(activity, before.activity)
  const counted = Object.values(activity.by_state).reduce((sum, calls) => sum + (calls ?? 0), 0)
  assert.equal(counted, activity.calls)
  const old = new Date(Date.now() - 3 * 86_400_000)
  const { db } = system.router.core.store
  await db
    .insertInto('gauges')
    .values({ project_id: system.projectId, at: old, agents_online: 9, active: 9, pending_approvals: 9, queued: 9 })
    .execute()
  await recordGauges(system.router.core)
  const rows = await db.selectFrom('gauges').select('at').where('at', '<=', old).execute()
  assert.deepEqual(rows, [], 'two days are kept')
})
