import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { removeBatch } from '../../domain/retention/remove-batch.ts'
import { createRemover } from '../../domain/retention/remove-old.ts'
import { idOf } from '../../domain/retention/retention-world.fixture.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
let workspace: string
before(async () => {
  router = await startApiForTests()
  workspace = (await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })).body.id
})
after(() => router.stop())

const path = '/acme/v1/management/legal-holds'
const hold = (body: object, key?: string) => router.call('POST', path, { body, ...(key === undefined ? {} : { key }) })
const release = (id: string) => router.call('DELETE', `${path}/${id}`)
const show = (id: string) => router.call('GET', `/acme/v1/exec/executions/${id}`)
const removeAll = () => createRemover({ ...router.core, clock: { ...router.clock, monotonic: () => 0 } }).work()

/** A call of so many days ago, with output. */
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
  const piece = { execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from('words') }
  await db.insertInto('execution_output').values(piece).execute()
  return id
}

test('a call that is held stays with its output, says so, and goes once it is released', async () => {
  const [held, free] = [await call(100), await call(100)]
  const placed = await hold({ execution: held, reason: 'evidence', incident: 'INC-42' })
  assert.equal(placed.status, 201)
  await removeAll()
  assert.equal((await show(free)).status, 404)
  const shown = (await show(held)).body
  assert.deepEqual([shown.stdout, shown.output_removed], ['words', false])
  assert.deepEqual([shown.legal_hold.id, shown.legal_hold.reason], [placed.body.id, 'evidence'])
  const list = (await router.call('GET', `${path}?execution=${held}`)).body
  assert.deepEqual(list.data, [placed.body])

  assert.equal((await release(placed.body.id)).body.released_by_name, 'owner')
  assert.deepEqual((await router.call('GET', path)).body.data, [])
  assert.equal((await router.call('GET', `${path}?status=released`)).body.data.length, 1)
  await removeAll()
  assert.equal((await show(held)).status, 404)
  const again = await release(placed.body.id)
  assert.deepEqual([again.status, again.body.id], [200, placed.body.id], 'it is over, also when the call is gone')
})

test('a held project loses nothing, and says why', async () => {
  const id = await call(100)
  const { body } = await hold({ project: true, reason: 'evidence' })
  await removeAll()
  assert.equal((await show(id)).status, 200)
  const project = () => router.call('GET', '/acme/v1/management/project')
  assert.equal((await project()).body.retention_stopped_by, 'legal_hold')
  await release(body.id)
  assert.equal((await project()).body.retention_stopped_by, null)
  await removeAll()
  assert.equal((await show(id)).status, 404)
})

test('to hold again what is held changes nothing', async () => {
  const id = await call(1)
  const first = await hold({ execution: id, reason: 'evidence' })
  const second = await hold({ execution: id, reason: 'another' })
  assert.deepEqual([second.status, second.body], [200, first.body])
})

test('what cannot be held is refused, and what is no hold is not found', async () => {
  const refused = async (body: object, status: number, code: string) => {
    const answer = await hold(body)
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code], JSON.stringify(body))
  }
  const reason = 'evidence'
  const gone = await call(100)
  await removeAll()
  await refused({ execution: gone, reason }, 404, 'execution_not_found')
  await refused({ execution: idOf(0), reason }, 404, 'execution_not_found')
  await refused({ execution: 'one', reason }, 400, 'invalid_body')
  await refused({ reason }, 400, 'invalid_body')
  await refused({ execution: await call(1), project: true, reason }, 400, 'invalid_body')
  await refused({ project: false, reason }, 400, 'invalid_body')
  await refused({ project: true }, 400, 'invalid_body')
  await refused({ project: true, reason: '  ' }, 400, 'invalid_body')
  for (const id of ['lgh_0', `lgh_${'0'.repeat(24)}`]) {
    assert.equal((await release(id)).body.error.code, 'legal_hold_not_found')
    assert.equal((await router.call('GET', `${path}/${id}`)).body.error.code, 'legal_hold_not_found')
  }
  const other = await router.makeProject('other')
  const { status } = await router.call('POST', '/other/v1/management/legal-holds', {
    key: other.key,
    body: { execution: await call(1), reason },
  })
  assert.equal(status, 404, 'calls of another project are none')
})

test('a key that is held to other workspaces neither holds nor releases', async () => {
  const id = await call(1)
  const { body: key } = await router.call('POST', '/acme/v1/management/api-keys', {
    body: { name: 'narrow', scopes: ['management', 'execution'], workspaces: ['lab'] },
  })
  await router.call('POST', '/acme/v1/workspaces', { body: { name: 'elsewhere' } })
  const narrow = key.key
  assert.equal((await hold({ execution: id, reason: 'evidence' }, narrow)).status, 201)
  assert.equal((await hold({ project: true, reason: 'evidence' }, narrow)).body.error.code, 'workspace_not_allowed')
})

test('of a hold and a removal at the same time one is first, and neither is half done', async () => {
  const { core, projectId } = router
  for (let round = 0; round < 30; round++) {
    const id = await call(200)
    const walk = { projectId, what: 'executions', which: 'fresh' } as const
    const [placed] = await Promise.all(
      round % 2 === 0
        ? [hold({ execution: id, reason: 'evidence' }), removeBatch(core, walk, undefined)]
        : [
            new Promise((begin) => setImmediate(begin)).then(() => hold({ execution: id, reason: 'evidence' })),
            removeBatch(core, walk, undefined),
          ],
    )
    const { status } = await show(id)
    assert.deepEqual([placed.status, status], placed.status === 201 ? [201, 200] : [404, 404])
    const pieces = await core.store.db
      .selectFrom('execution_output')
      .select('seq')
      .where('execution_id', '=', id)
      .execute()
    assert.equal(pieces.length, status === 200 ? 1 : 0)
    if (placed.status === 201) await release(placed.body.id)
  }
})
