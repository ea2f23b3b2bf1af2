import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let api: ApiForTests
let other: { projectId: string; key: string }

before(async () => {
  api = await startApiForTests()
  other = await api.makeProject('other')
  for (const [project, key] of [
    ['acme', api.key],
    ['other', other.key],
  ] as const)
    await api.call('POST', `/${project}/v1/workspaces`, { key, body: { name: `of-${project}` } })
  await sealed(api.projectId)
  await sealed(other.projectId)
})
after(() => api.stop())

function sealed(projectId: string): Promise<true> {
  return until('the seal', async () => {
    api.core.eventLog.wake()
    const { rows } = await api.core.store.pool.query(
      `select (select count(*) from events where project_id = $1) as events,
         (select max(size) from audit_checkpoints where project_id = $1) as size`,
      [projectId],
    )
    return rows[0].events === rows[0].size || undefined
  })
}

test('a project sees its own records, entries and tiles, and none of another', async () => {
  const mine = await api.call('GET', '/acme/v1/audit/records?limit=100')
  const theirs = await api.call('GET', '/other/v1/audit/records?limit=100', { key: other.key })
  const namesOf = ({ body }: typeof mine) => body.data.map((record: { data: { name?: string } }) => record.data.name)
  assert.ok(namesOf(mine).includes('of-acme') && !namesOf(mine).includes('of-other'))
  assert.deepEqual(namesOf(theirs), ['of-other'])
  const [foreign] = theirs.body.data
  assert.equal((await api.call('GET', `/acme/v1/audit/records/${foreign.id}`)).status, 404)
  for (const query of [`subject=${foreign.workspace_id}`, `actor=${foreign.actor}`, 'subject=of-other'])
    assert.deepEqual((await api.call('GET', `/acme/v1/audit/records?${query}`)).body.data, [], query)
  const lines = await api.call('GET', '/acme/v1/audit/entries?to=1000')
  assert.ok(lines.body.includes('of-acme') && !lines.body.includes('of-other'))
  const { body } = await api.call('GET', '/other/v1/audit/log', { key: other.key })
  assert.deepEqual([body.origin, body.size, body.strays], [`xerotier-audit/${other.projectId}`, 1, []])
  assert.equal((await api.call('GET', '/other/v1/audit/tile/0/000.p/1', { key: other.key })).body.length > 0, true)
  assert.equal((await api.call('GET', '/other/v1/audit/tile/0/000.p/2', { key: other.key })).status, 404)
  assert.match((await api.call('GET', '/other/v1/audit/checkpoint', { key: other.key })).body, /^xerotier-audit\//)
})

test('filters by kind, time and subject find what they name, and an unknown kind is refused by name', async () => {
  const read = async (query: string) => (await api.call('GET', `/acme/v1/audit/records?${query}`)).body
  const { data } = await read('kind=workspace.created')
  assert.deepEqual(
    data.map(({ kind }: { kind: string }) => kind),
    ['workspace.created'],
  )
  assert.deepEqual((await read('kind=workspace')).data, data)
  assert.deepEqual((await read('subject=of-acme')).data, data)
  assert.deepEqual((await read(`kind=workspace&until=${data[0].at}`)).data, [])
  assert.deepEqual((await read(`kind=workspace&since=${data[0].at}`)).data, data)
  assert.match((await read('kind=workspace.painted')).error.message, /^kind: `workspace.painted` is none of/)
  assert.match((await read('after=1')).error.message, /^after: must be the id of an event/)
})

test('the history of an execution, and of its approval, is one query', async () => {
  const { body: workspace } = await api.call('GET', '/acme/v1/workspaces/of-acme')
  const id = await api.storeExecution({ workspace_id: workspace.id })
  await sealed(api.projectId)
  const { body } = await api.call('GET', `/acme/v1/audit/records?subject=${id}`)
  assert.deepEqual(
    body.data.map((record: { kind: string }) => record.kind),
    ['execution.queued'],
  )
  const { body: shown } = await api.call('GET', `/acme/v1/audit/records/${body.data[0].id}`)
  assert.deepEqual([shown.proof.index, JSON.parse(shown.entry).execution], [body.data[0].index, id])
})
