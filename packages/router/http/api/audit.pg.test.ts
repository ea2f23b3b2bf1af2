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

/** Records of a kind, once there are so many. */
function recordsOf(kind: string, count: number) {
  return until(`${count} of ${kind}`, async () => {
    const { body } = await api.call('GET', `/acme/v1/audit/records?kind=${kind}&limit=100`)
    return body.data.length >= count ? body.data : undefined
  })
}

test('whoever reads raw output, an artifact or what is known of secrets is on record before they get it', async () => {
  const { body: workspace } = await api.call('GET', '/acme/v1/workspaces/of-acme')
  const id = await api.storeExecution({ workspace_id: workspace.id })
  const reader = await api.makeKey({ scopes: ['execution', 'management'] })
  const read = (path: string) => api.call('GET', `/acme/v1/${path}`, { key: reader.key })
  assert.equal((await read(`exec/executions/${id}/raw`)).status, 200)
  assert.equal((await read('exec/executions/01a22c53-97d6-7000-8454-bcb796000000/raw')).status, 404)
  assert.equal((await read(`exec/executions/${id}/artifacts/none`)).status, 404)
  for (const path of ['management/api-keys', 'management/join-keys', 'webhooks', `management/api-keys/${reader.id}`])
    assert.equal((await read(path)).status, 200, path)
  const [output] = await recordsOf('access.output_read', 1)
  assert.deepEqual([output.execution_id, output.actor, output.door], [id, reader.id, 'api'])
  const secrets = (await recordsOf('access.secret_read', 4)).filter(
    ({ actor }: { actor: string }) => actor === reader.id,
  )
  assert.deepEqual(
    secrets.map(({ data }: { data: { route: string } }) => data.route),
    ['apiKeys.show', 'webhooks.list', 'joinKeys.list', 'apiKeys.list'],
  )
  assert.equal(secrets[0].data.id, reader.id)
  const { body: history } = await api.call('GET', `/acme/v1/audit/records?subject=${id}`)
  assert.deepEqual(
    history.data.map(({ kind }: { kind: string }) => kind),
    ['access.output_read', 'execution.queued'],
  )
})

test('a stream of output is a read of it', async () => {
  const { body: workspace } = await api.call('GET', '/acme/v1/workspaces/of-acme')
  const id = await api.storeExecution({ workspace_id: workspace.id })
  const stop = new AbortController()
  const { status } = await fetch(`${api.url}/acme/v1/exec/executions/stream?execution_id=${id}&output=true`, {
    headers: { authorization: `Bearer ${api.key}` },
    signal: stop.signal,
  })
  assert.equal(status, 200)
  stop.abort()
  await sealed(api.projectId)
  const { body } = await api.call('GET', `/acme/v1/audit/records?subject=${id}&kind=access`)
  assert.deepEqual(
    body.data.map(({ data }: { data: { route: string } }) => data.route),
    ['executions.stream'],
  )
})

test('what is refused to a valid key is on record, and a flood of it as one with its number', async () => {
  const poor = await api.makeKey({ scopes: ['inference'] })
  const flood = 300
  for (let n = 0; n < flood; n++) {
    const { status } = await api.call('GET', '/acme/v1/management/agents', { key: poor.key })
    assert.equal(status, 403)
  }
  await api.call('GET', '/other/v1/management/project')
  await api.core.refusals.record(true)
  await sealed(api.projectId)
  const { body } = await api.call('GET', `/acme/v1/audit/records?actor=${poor.id}&kind=access.refused&limit=100`)
  const counts: number[] = body.data.map(({ data }: { data: { count: number } }) => data.count)
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    flood,
  )
  assert.ok(counts.length <= 10, `${counts.length} records`)
  assert.deepEqual([body.data[0].data.route, body.data[0].data.code], ['agents.list', 'scope_insufficient'])
  const others = await recordsOf('access.refused', counts.length + 1)
  const across = others.find(({ data }: { data: { code: string } }) => data.code === 'cross_project_access')
  assert.equal(across.data.route, 'project.show')
  // It stays with the project whose key was tried, and the other learns nothing.
  const theirs = await api.call('GET', '/other/v1/audit/records?kind=access', { key: other.key })
  assert.deepEqual(theirs.body.data, [])
})

test('an unknown key leaves no record', async () => {
  await sealed(api.projectId)
  const before = (await api.call('GET', '/acme/v1/audit/records?limit=100')).body.data[0].id
  assert.equal(
    (await api.call('GET', '/acme/v1/management/agents', { key: `xero_acme_${'A'.repeat(43)}` })).status,
    401,
  )
  await api.core.refusals.record(true)
  await sealed(api.projectId)
  assert.equal((await api.call('GET', '/acme/v1/audit/records?limit=100')).body.data[0].id, before)
})

test('what was seen of the log is not more than the log has, though it goes on while it is shown', async (t) => {
  await sealed(api.projectId)
  const { heads, store } = api.core
  const { note } = await until('the head to be kept', async () => {
    const { rows } = await store.pool.query(
      'select note from audit_checkpoints where project_id = $1 order by size desc limit 1',
      [api.projectId],
    )
    return heads.read(api.projectId) === rows[0].note ? rows[0] : undefined
  })
  const client = await store.pool.connect()
  t.after(() => client.release())
  // Between what is read of the log and what comes with it.
  await client.query('begin')
  await client.query('lock table audit_tiles')
  const asked = api.call('GET', '/acme/v1/audit/log')
  await until('it to wait', async () => {
    // By another connection: within a transaction this answers the same again.
    const { rowCount } = await store.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rowCount === 0 ? undefined : true
  })
  heads.keep(api.projectId, 'the head of the next seal')
  await client.query('commit')
  const { body } = await asked
  heads.keep(api.projectId, note)
  assert.deepEqual([body.checkpoint, body.kept_checkpoint], [note, note])
})
