import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BareAgent, manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'

const fleet = 12
const clock = settableClock(Date.now())
const manifest = manifestOf([toolOf('work')])
let system: RouterForTests
const workers: ServingAgent[] = []
const later: BareAgent[] = []

const query = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await system.router.core.store.pool.query(text, values)).rows as Row[]

before(async () => {
  system = await startRouterForTests({ clock })
  for (let n = 0; n < fleet; n++)
    workers.push(await servingAgent(system.client, `xem-${n}`, 'prod', manifest.tools, lease))
  await query(`create table written (agent_id text);
    create function note_written() returns trigger language plpgsql as
      $$ begin insert into written values (new.id); return null; end $$;
    create trigger note_written after update on agents for each row execute function note_written()`)
})
after(async () => {
  for (const { agent } of workers) agent.close()
  for (const agent of later) agent.close()
  await system.stop()
})

async function renew({ agent }: ServingAgent) {
  const { manifest_hash, manifest_version } = manifest
  const common = { in_flight: [], draining: false, manifest_hash, manifest_version, manifest }
  await agent.send([{ t: 'lease_renewal', lease_epoch: agent.leaseEpoch, ...common }])
  return agent.next('lease', 'session_refused')
}

const lease = { lease_renewal_interval_ms: 10_000 }
/** So many times the interval after which every agent renews its lease. */
async function idle(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await clock.advanceThroughWork(10_000)
    for (const agent of workers) assert.equal((await renew(agent)).t, 'lease')
  }
}

const events = async (kind: string) =>
  (
    await query<{ name: string }>(
      `select agents.name from events join agents on agents.id = agent_id where kind = $1`,
      [kind],
    )
  ).map(({ name }) => name)

test('renewals that bring no news are written once in a minute and a half, and nobody seems away meanwhile', async () => {
  await idle(6)
  assert.deepEqual(await query('select * from written'), [], 'in the first minute')
  await idle(30)
  const counts = await query<{ count: number }>('select count(*) from written group by agent_id')
  assert.equal(counts.length, fleet)
  for (const { count } of counts) assert.ok(count >= 3 && count <= 5, `${count} times in five minutes`)
  assert.deepEqual(await events('agent.offline'), [])
  const [{ stale }] = (await query(`select count(*)::int as stale from agents where lease_expires_at < $1`, [
    new Date(clock.now() - 90_000),
  ])) as [{ stale: number }]
  assert.equal(stale, 0)
})

test('an agent that leaves is on record with its last heartbeat', async () => {
  const [worker] = workers.splice(-1)
  assert.ok(worker)
  await clock.advanceThroughWork(5_000)
  await renew(worker)
  const at = clock.now()
  await worker.agent.send([{ t: 'goodbye', reason: 'test' }])
  const gone = await until('its end on record', async () => {
    const [row] = await query<{ state: string; last_heartbeat_at: Date }>('select * from agents where id = $1', [
      worker.agentId,
    ])
    return row?.state === 'disconnected' ? row : undefined
  })
  assert.equal(gone.last_heartbeat_at.getTime(), at)
  worker.agent.close()
})

test('an agent whose lease was taken away in the record must begin anew', async () => {
  const [worker] = workers.splice(-1)
  assert.ok(worker)
  await query('update agents set lease_epoch = lease_epoch + 1 where id = $1', [worker.agentId])
  let answer: Awaited<ReturnType<typeof renew>> | undefined
  for (let time = 0; time < 10 && answer?.t !== 'session_refused'; time++) {
    await idle(1)
    answer = await renew(worker)
  }
  assert.equal(answer?.t === 'session_refused' && answer.message, 'The lease is not on record any more.')
  worker.agent.close()
})

test('a router that starts gives every agent the whole grace, whatever was last written of its lease', async () => {
  // Longer than any record is right for.
  const stopped = system.router.stop()
  await clock.leap(600_000)
  await stopped
  await system.restart({ clock })
  const before = (await events('agent.offline')).length
  const [first, ...others] = workers
  assert.ok(first)
  await clock.advanceThroughWork(50_000)
  assert.equal((await events('agent.offline')).length, before)
  const again = first.again(manifest.tools)
  later.push(again)
  await again.open(lease)
  await clock.advanceThroughWork(15_000)
  const missed = (await events('agent.offline')).slice(before)
  assert.ok(missed.length >= others.length && !missed.includes('xem-0'), missed.join(', '))
})
