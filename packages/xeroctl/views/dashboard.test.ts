import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { healthDashboardSchema } from '@xerotier/protocol/api/dashboard.ts'
import { envFor, xeroctl } from '../run.fixture.ts'

const at = '2026-05-01T11:59:00.000Z'
const looked = healthDashboardSchema.parse({
  ...{ object: 'health_dashboard', at, status: 'degraded', version: '0.1.0', uptime_seconds: 3_700 },
  problems: ['xem-jumphost-02 is offline.', 'The disk of the state folder has 9 % left.'],
  services: [{ name: 'data_plane', status: 'ok', detail: 'listens for agents' }],
  fleet: {
    ...{ agents: 2, by_health: { healthy: 1, offline: 1 }, in_flight: 3, capacity: 20 },
    ailing: [{ id: 'agt_2', name: 'xem-jumphost-02', health: 'offline', reason: null, last_heartbeat_at: at }],
  },
  queue: { queued: 4, oldest_queued_at: at, ambiguous: 1 },
  approvals: { pending: 2, oldest_requested_at: at, next_expires_at: '2026-05-01T12:10:00.000Z' },
  database: {
    ...{ server_version: '18.4', latency_ms: 0.7, size_bytes: 52_428_800, connections: 19 },
    oldest_transaction_seconds: 0,
  },
  disk: { size_bytes: 1_099_511_627_776, free_bytes: 98_784_247_808 },
  duties: [{ name: 'expire queued calls', every_ms: 1_000, last_at: at, took_ms: 3, failures: 0 }],
  followers: [{ name: 'notifications', seconds_behind: 0.2 }],
  last_seal: { at, size: 1_234 },
})

test('health dashboard says what needs a look first, and fits 80 and 140 columns', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, looked))
  t.after(() => server.close())
  for (const terminal of [80, 140]) {
    const { code, stdout } = await xeroctl(t, ['health', 'dashboard', '--no-color'], { env: envFor(server), terminal })
    assert.equal(code, 0)
    if (process.env.LOOK !== undefined) process.stderr.write(stdout)
    assert.ok(stdout.split('\n').every((line) => line.length <= terminal))
    assert.match(stdout, /^Fleet: +2 agents: 1 healthy, 1 offline$/m)
    assert.match(stdout, /^Disk: +92\.0 GiB free of 1\.0 TiB$/m)
    assert.ok(stdout.indexOf('xem-jumphost-02 is offline.') < stdout.indexOf('Services:'))
  }
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    ['/health/dashboard', '/health/dashboard'],
  )
})
