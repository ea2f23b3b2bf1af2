// An audit log whose oldest records retention has removed: what is left verifies, everywhere.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { enrollBare } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

const python = join(import.meta.dirname, '../../docs/verify-audit.py')
const dayMs = 24 * 3_600_000
let router: RouterForTests
/** Of a record that is gone. */
let oldest: string

before(async () => {
  // The router works 400 days ago, and then now.
  const clock = shiftedClock()
  clock.shift(-400 * dayMs)
  router = await startRouterForTests({ clock })
  const { core } = router.router
  await core.store.pool.query(
    `insert into events (at, project_id, kind, actor, agent_id, data)
     select now() - interval '400 days', $1, 'agent.updated', 'agt_0123456789abcdef01234567', 'agt_0123456789abcdef01234567',
       jsonb_build_object('n', n) from generate_series(1, 700) as n`,
    [router.projectId],
  )
  await sealed()
  oldest = (await core.store.pool.query(`select xid || '-' || seq as id from events order by xid, seq limit 1`)).rows[0]
    .id
  clock.shift(400 * dayMs)
  await until('the log to say with which record it will begin', async () => {
    const { rowCount } = await core.store.pool.query(`select from events where kind = 'retention.log_begins'`)
    return (rowCount ?? 0) > 0 || undefined
  })
  await sealed()
  clock.shift(3_600_000)
  await until('the first records to be gone', async () => {
    const { first_index } = await router.client.call('audit.log')
    return first_index === 512 || undefined
  })
  await sealed()
})
after(() => router.stop())

function sealed(): Promise<boolean> {
  const { core } = router.router
  return until('the seal', async () => {
    core.eventLog.wake()
    const { rows } = await core.store.pool.query(
      `select not exists (select from events where (xid, seq) > (select xid, seq from followers where name = 'audit')) as done`,
    )
    return rows[0].done || undefined
  })
}

const env = () => ({ XEROTIER_BASE_URL: `${router.client.origin}/demo/v1`, XEROTIER_API_KEY: router.apiKey })

test('it verifies live and says from where', async (t) => {
  const { code, stdout } = await xeroctl(t, ['audit', 'verify', '-o', 'json'], { env: env() })
  const { verified, from, findings } = JSON.parse(stdout)
  assert.deepEqual([code, verified, from, findings], [0, true, 512, []])
  const shown = await xeroctl(t, ['audit', 'verify'], { env: env() })
  assert.match(shown.stdout, /Records: +\d+, from 512\n/)
  assert.match((await xeroctl(t, ['audit', 'log'], { env: env() })).stdout, /First that is kept: +512\n/)
})

test('an export of it verifies offline, in another language as well', async (t) => {
  const folder = join(emptyFolder(t), 'export')
  assert.equal((await xeroctl(t, ['audit', 'export', '--to', folder], { env: env() })).code, 0)
  const offline = await xeroctl(t, ['audit', 'verify', '--from', folder, '-o', 'json'], { env: {} })
  assert.deepEqual([offline.code, JSON.parse(offline.stdout).from], [0, 512])
  const { verifier_key } = await router.client.call('audit.log')
  const { stdout } = await promisify(execFile)('python3', [python, folder, verifier_key])
  assert.match(stdout, /^verified: records 512 to \d+ of \d+ in /)
})

test('a record that was removed is not found, and a stream that resumes before it is told so', async (t) => {
  const shown = await xeroctl(t, ['audit', 'show', oldest], { env: env() })
  assert.match(shown.stderr, /retention may have removed it/)
  await enrollBare(router.client, 'watched')
  const paths = [
    'audit/records/stream',
    'exec/executions/stream',
    'exec/approvals/stream',
    'management/agents/watched/events/stream',
  ]
  const resume = (path: string, id: string) =>
    fetch(`${router.client.origin}/demo/v1/${path}`, {
      headers: { authorization: `Bearer ${router.apiKey}`, 'last-event-id': id },
      signal: AbortSignal.timeout(60_000),
    })
  for (const path of paths) {
    const answer = await resume(path, oldest)
    const { error } = (await answer.json()) as { error: { code: string } }
    assert.deepEqual([answer.status, error.code], [410, 'events_removed'], path)
    const { data } = await router.client.call('audit.records', { query: { limit: 1 } })
    const open = await resume(path, data[0]?.id ?? '')
    assert.equal(open.status, 200, path)
    await open.body?.cancel()
  }
})

test('a call that names a record of the log that is gone answers 404', async () => {
  for (const path of ['audit/entries?from=0&to=10', 'audit/tile/0/000', 'audit/tile/entries/000']) {
    const answer = await fetch(`${router.client.origin}/demo/v1/${path}`, {
      headers: { authorization: `Bearer ${router.apiKey}` },
    })
    assert.equal(answer.status, 404, path)
  }
})
