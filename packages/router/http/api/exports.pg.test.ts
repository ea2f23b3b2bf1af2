import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { Export } from '@xerotier/protocol/api/exports.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

const span = { since: '2020-01-01T00:00:00.000Z', until: '2100-01-01T00:00:00.000Z' }
const verifier = join(import.meta.dirname, '../../../../docs/verify-audit.py')

let api: ApiForTests
let other: { projectId: string; key: string }
let workspace: string

before(async () => {
  api = await startApiForTests()
  other = await api.makeProject('other')
  workspace = (await api.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })).body.id
  for (let n = 0; n < 3; n++) await api.storeExecution({ workspace_id: workspace })
  const elsewhere = await api.call('POST', '/acme/v1/workspaces', { body: { name: 'elsewhere' } })
  await api.storeExecution({ workspace_id: elsewhere.body.id, tool: '=cmd' })
})
after(() => api.stop())

async function made(body: object): Promise<Export> {
  const created = await api.call('POST', '/acme/v1/exports', { body: { ...span, ...body } })
  assert.equal(created.status, 201, JSON.stringify(created.body))
  return ended(created.body.id)
}

function ended(id: string): Promise<Export> {
  return until('the export', async () => {
    const { body } = await api.call('GET', `/acme/v1/exports/${id}`)
    return ['completed', 'failed'].includes(body.state) ? body : undefined
  })
}

/** Downloads an archive and unpacks it with another's program. */
async function unpacked(t: TestContext, { id, sha256 }: Export): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-export-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const response = await fetch(`${api.url}/acme/v1/exports/${id}/download`, {
    headers: { authorization: `Bearer ${api.key}` },
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256)
  writeFileSync(join(folder, 'export.zip'), bytes)
  execFileSync('python3', ['-m', 'zipfile', '-t', join(folder, 'export.zip')])
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'export.zip'), folder])
  return folder
}

const linesOf = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)

test('an archive holds the calls, a manifest of its files, and the sealed log that verifies', async (t) => {
  await until('the seal', async () => (await api.call('GET', '/acme/v1/audit/log')).body.size >= 9 || undefined)
  const export_ = await made({ type: 'executions' })
  assert.deepEqual([export_.state, export_.rows, export_.error], ['completed', 4, null])
  const folder = await unpacked(t, export_)
  const rows = linesOf(folder, 'executions-00001.ndjson').map((line) => JSON.parse(line))
  assert.deepEqual([rows.length, rows[0].object], [4, 'execution'])
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  assert.equal(manifest.rows, 4)
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = readFileSync(join(folder, name))
    assert.deepEqual([content.length, createHash('sha256').update(content).digest('hex')], [bytes, sha256], name)
  }
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /postmortem/)
  const { body } = await api.call('GET', '/acme/v1/audit/log')
  assert.match(
    execFileSync('python3', [verifier, join(folder, 'audit'), body.verifier_key], { encoding: 'utf8' }),
    /^verified/,
  )
  const { body: log } = await api.call('GET', `/acme/v1/audit/records?kind=access.export_downloaded,export`)
  assert.deepEqual(
    log.data.map(({ kind }: { kind: string }) => kind),
    ['access.export_downloaded', 'export.completed', 'export.created'],
  )
})

test('a workspace narrows it, and every type and format has its lines', async (t) => {
  const narrow = await made({ type: 'executions', workspace: 'lab', format: 'csv' })
  assert.equal(narrow.rows, 3)
  const all = await unpacked(t, await made({ type: 'executions', format: 'csv' }))
  const [head, ...rows] = readFileSync(join(all, 'executions-00001.csv'), 'utf8').split('\r\n')
  assert.match(head ?? '', /^id,object,/)
  assert.ok(
    rows.some((row) => row.includes(",'=cmd,")),
    'a spreadsheet would run it',
  )
  assert.equal((await made({ type: 'approvals' })).rows, 0)
  const agent = await api.makeAgent()
  const agents = await unpacked(t, await made({ type: 'agents' }))
  assert.ok(linesOf(agents, 'agents-00001.ndjson').some((line) => line.includes(agent.id)))
  const audit = await unpacked(t, await made({ type: 'audit' }))
  assert.deepEqual(
    linesOf(audit, 'audit-00001.ndjson')
      .map((line) => JSON.parse(line).kind)
      .slice(0, 2),
    ['project.created', 'user.created'],
  )
  const cef = await unpacked(t, await made({ type: 'audit', format: 'cef' }))
  assert.match(
    linesOf(cef, 'audit-00001.cef')[0] ?? '',
    /^CEF:0\|Xerotier\|XEM\|1\|project\.created\|project\.created\|3\|rt=\d{13} externalId=\d+ suid=router /,
  )
  const ocsf = await unpacked(t, await made({ type: 'audit', format: 'ocsf' }))
  assert.equal(JSON.parse(linesOf(ocsf, 'audit-00001.ndjson')[0] ?? '').class_uid, 6003)
})

test('a time in which nothing happened makes an archive without rows', async (t) => {
  const export_ = await made({ type: 'audit', since: '2001-01-01T00:00:00.000Z', until: '2001-01-02T00:00:00.000Z' })
  assert.deepEqual([export_.state, export_.rows], ['completed', 0])
  const folder = await unpacked(t, export_)
  assert.deepEqual(linesOf(folder, 'audit-00001.ndjson'), [])
  assert.equal(existsSync(join(folder, 'audit')), false)
})

test('another project sees no export of it, and cannot read or delete one', async () => {
  const { id } = await made({ type: 'agents' })
  const asked = (method: string, path: string) => api.call(method, `/other/v1/exports${path}`, { key: other.key })
  assert.deepEqual((await asked('GET', '')).body.data, [])
  for (const [method, path] of [
    ['GET', `/${id}`],
    ['GET', `/${id}/download`],
    ['DELETE', `/${id}`],
  ] as const)
    assert.equal((await asked(method, path)).body.error.code, 'export_not_found')
  assert.equal((await api.call('GET', `/acme/v1/exports/${id}`)).body.state, 'completed')
})

test('what cannot be is refused with the name of the field', async () => {
  for (const [body, message] of [
    [{ type: 'audit', since: span.until, until: span.since }, /^until: must come after since/],
    [{ type: 'executions', ...span, format: 'cef' }, /^format: cef is of the type audit alone/],
    [{ type: 'agents', ...span, workspace: 'lab' }, /^workspace: narrows/],
    [{ type: 'everything', ...span }, /^type: /],
  ] as const)
    assert.match((await api.call('POST', '/acme/v1/exports', { body })).body.error.message, message)
})

test('a deleted export is gone with its archive, and one whose time is over keeps its record alone', async () => {
  const { id } = await made({ type: 'agents' })
  assert.equal((await api.call('DELETE', `/acme/v1/exports/${id}`)).status, 200)
  assert.equal((await api.call('GET', `/acme/v1/exports/${id}`)).status, 404)
  const kept = await made({ type: 'agents' })
  await api.core.store.pool.query('update exports set expires_at = now() where id = $1', [kept.id])
  await until(
    'the end',
    async () => (await api.call('GET', `/acme/v1/exports/${kept.id}`)).body.state === 'expired' || undefined,
  )
  const { body } = await api.call('GET', `/acme/v1/exports/${kept.id}/download`)
  assert.equal(body.error.code, 'export_not_ready')
})

test('a full disk fails the export and says so, and the next one is made', async (t) => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const own = await startRouterForTests({
    instrument({ archives }) {
      const { write } = archives
      archives.write = () => {
        archives.write = write
        return Promise.reject(full)
      }
    },
  })
  t.after(() => own.stop())
  const makeOne = async () => {
    const { id } = await own.client.call('exports.create', { body: { type: 'audit', ...span, format: 'ndjson' } })
    return until('the export', async () => {
      const { state, error } = await own.client.call('exports.show', { params: { id } })
      return state === 'completed' || state === 'failed' ? [state, error] : undefined
    })
  }
  assert.deepEqual(await makeOne(), ['failed', 'The disk of the router is full.'])
  assert.deepEqual(await makeOne(), ['completed', null])
})

test('what a router left that was killed between a record and its file goes at the next start', async (t) => {
  const own: RouterForTests = await startRouterForTests()
  t.after(() => own.stop())
  const kept = await own.client.call('exports.create', { body: { type: 'audit', ...span, format: 'ndjson' } })
  const folder = join(own.stateDir, 'exports')
  await until('its record', async () => {
    const { state } = await own.client.call('exports.show', { params: { id: kept.id } })
    return state === 'completed' || undefined
  })
  for (const name of ['exp_deleted.zip', 'exp_other.zip.part']) writeFileSync(join(folder, name), 'left')
  writeFileSync(join(folder, 'note.txt'), 'of somebody else')
  await own.restart()
  await until('the sweep', () => !existsSync(join(folder, 'exp_deleted.zip')) || undefined)
  assert.deepEqual(readdirSync(folder).sort(), [`${kept.id}.zip`, 'note.txt'])
})

test('what a router left of an archive and is not there any more is made anew by the next, whole', async (t) => {
  const own: RouterForTests = await startRouterForTests()
  t.after(() => own.stop())
  const { id } = await own.client.call('exports.create', { body: { type: 'audit', ...span, format: 'ndjson' } })
  await own.router.stop()
  const { default: pg } = await import('pg')
  const db = new pg.Client({ connectionString: own.database.url })
  await db.connect()
  // As if it had been killed between two pages.
  await db.query('alter table exports disable trigger check_state_update')
  await db.query(
    `update exports set state = 'running', rows = 2, bytes = null, sha256 = null, finished_at = null where id = $1`,
    [id],
  )
  await db.end()
  writeFileSync(join(own.stateDir, 'exports', `${id}.zip.part`), 'half of it')
  await own.restart()
  const done = await until('the export', async () => {
    const found = await own.client.call('exports.show', { params: { id } })
    return found.state === 'completed' ? found : undefined
  })
  const bytes = readFileSync(join(own.stateDir, 'exports', `${id}.zip`))
  assert.deepEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')], [done.bytes, done.sha256])
  assert.equal(existsSync(join(own.stateDir, 'exports', `${id}.zip.part`)), false)
})
