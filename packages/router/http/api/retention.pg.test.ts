import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Registry } from 'prom-client'
import { createRemover } from '../../domain/retention/remove-old.ts'
import { idOf } from '../../domain/retention/retention-world.fixture.ts'
import { countRemoved } from '../../metrics.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
let workspace: string
before(async () => {
  router = await startApiForTests()
  workspace = (await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })).body.id
})
after(() => router.stop())

const show = () => router.call('GET', '/acme/v1/management/project')
const keep = (retention: object) => router.call('PATCH', '/acme/v1/management/project', { body: { retention } })
const get = (path: string) => router.call('GET', `/acme/v1/exec/executions/${path}`)
const registry = new Registry()
const removed = countRemoved(registry)
const removeAll = () =>
  createRemover({ ...router.core, removed, clock: { ...router.clock, monotonic: () => 0 } }).work()

/** A call of so many days ago, with output and an artifact. */
async function call(daysAgo: number): Promise<string> {
  const at = new Date(Date.now() - daysAgo * 24 * 3_600_000)
  const id = idOf(daysAgo)
  const { db } = router.core.store
  await router.storeExecution({ id, workspace_id: workspace, state: 'dispatched', created_at: at })
  await db
    .updateTable('executions')
    .set({ state: 'completed', finished_at: at, stdout_bytes: 5 })
    .where('id', '=', id)
    .execute()
  await db
    .insertInto('execution_output')
    .values({ execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from('words') })
    .execute()
  return id
}

test('a new project keeps calls, their output and events for a while, and says so', async () => {
  const { body } = await show()
  assert.deepEqual(body.retention, { executions_days: 90, output_days: 30, artifacts_days: 30, events_days: 365 })
})

test('what is changed is changed, and the rest stays', async () => {
  const { status, body } = await keep({ executions_days: 180, artifacts_days: null })
  assert.equal(status, 200)
  const changed = { executions_days: 180, output_days: 30, artifacts_days: null, events_days: 365 }
  assert.deepEqual([body.retention, (await show()).body.retention], [changed, changed])
  const events = await router.core.store.db
    .selectFrom('events')
    .select('data')
    .where('kind', '=', 'project.updated')
    .execute()
  assert.deepEqual(events.at(-1)?.data, { retention: { executions_days: 180, artifacts_days: null } })
  await keep({ executions_days: 90, artifacts_days: 30 })
})

test('days that are none, or absurd, are refused, and so is a part that would outlive its whole', async () => {
  const refused = async (retention: object, message: RegExp) => {
    const { status, body } = await keep(retention)
    assert.deepEqual([status, body.error?.code], [400, 'invalid_body'], JSON.stringify(retention))
    assert.match(body.error.message, message)
  }
  for (const days of [0, -1, 36_501, 1e300, 1.5, '30', true, [30]]) {
    for (const setting of ['executions_days', 'output_days', 'artifacts_days', 'events_days'])
      await refused({ [setting]: days }, new RegExp(`retention\\.${setting}`))
  }
  await refused({ tiles_days: 3 }, /tiles_days/)
  await refused({ output_days: 91 }, /retention.output_days: is 91, and the calls themselves are kept for 90 days/)
  await refused({ artifacts_days: 91 }, /artifacts_days/)
  await refused({ executions_days: 29 }, /retention.output_days: is 30, and the calls themselves are kept for 29 days/)
  await refused({ executions_days: 366 }, /retention.events_days: is 365, and calls are kept for 366 days/)
  await refused({ executions_days: null }, /retention.events_days: is 365, and calls are kept for ever/)
  await refused({ events_days: 364 }, /retention.events_days: is 364, and this router keeps its audit log for 365 days/)
  assert.equal((await show()).body.retention.executions_days, 90)
})

test('of a call whose time is over the API says that it was removed, and of its output', async () => {
  const [gone, silent, young] = [await call(100), await call(40), await call(10)]
  await removeAll()
  const { status, body } = await get(gone)
  assert.deepEqual([status, body.error.code], [404, 'execution_not_found'])
  assert.match(body.error.message, /not? .* any more: those as old as it were removed/)
  const counted = await registry.metrics()
  assert.match(counted, /retention_removed_total{what="executions"} 1$/m)
  assert.match(counted, /retention_removed_total{what="output"} 2$/m)
  assert.match(counted, /retention_removed_bytes_total 10$/m)
  const never = await get(idOf(0))
  assert.doesNotMatch(never.body.error.message, /removed/)

  const shown = (await get(silent)).body
  assert.deepEqual([shown.output_removed, shown.stdout, shown.stdout_bytes], [true, '', 5])
  const raw = await get(`${silent}/raw`)
  assert.deepEqual([raw.status, raw.body.error.code], [410, 'output_removed'])
  const artifact = await get(`${silent}/artifacts/report.txt`)
  assert.match(artifact.body.error.message, /any more/)

  assert.deepEqual([(await get(young)).body.output_removed, (await get(`${young}/raw`)).body], [false, 'words'])
  const { body: list } = await router.call('GET', '/acme/v1/exec/executions')
  assert.deepEqual(
    list.data.map(({ id }: { id: string }) => id),
    [young, silent],
  )
})
