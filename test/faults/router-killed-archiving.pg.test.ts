// The router is killed with SIGKILL at each step of an export, and of a seal of the audit log, and
// started again: archives are whole and told once, and the log verifies from its first record on.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { firstLine, kill, startChild } from '@xerotier/devkit/faults/child.ts'
import { type ArchivingStep, exportSteps, longExportStep, sealSteps } from '@xerotier/devkit/faults/dies-archiving.ts'
import type { RouterProcessSettings } from '@xerotier/devkit/faults/router-process.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ArchiveMade } from '@xerotier/router/store/audit-tables.ts'
import pg from 'pg'

const program = join(import.meta.dirname, '../../packages/devkit/faults/router-process.ts')
const verifier = join(import.meta.dirname, '../../docs/verify-audit.py')
const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const triggerFile = join(folder, 'trigger')
const trigger = triggerIn<ArchivingStep>(triggerFile)
let settings: RouterProcessSettings
let child: ReturnType<typeof startChild>
let client: Client

async function startRouter(): Promise<void> {
  child = startChild(program, { XEROTIER_FAULT_SETTINGS: JSON.stringify(settings) })
  const { url } = JSON.parse(await firstLine(child)) as { url: string }
  const apiKey = readFileSync(join(folder, 'api-key'), 'utf8').trim()
  client = createClient({ baseUrl: `${url}/demo/v1`, apiKey, timeoutMs: 1.5 * patienceMs })
}

before(async () => {
  settings = {
    databaseUrl: (await cloneDatabase()).url,
    stateDir: folder,
    httpPort: 0,
    dataPlane: 'tcp://127.0.0.1:0',
    trigger: triggerFile,
  }
  await startRouter()
})
after(async () => {
  await kill(child)
  rmSync(folder, { recursive: true, force: true })
})

async function dies(): Promise<void> {
  await until('the router to die', () => (child.signalCode === null ? undefined : true))
  trigger.disarm()
  await startRouter()
}

const sealed = () =>
  until('the seal', async () => ((await client.call('audit.log')).checkpoint === null ? undefined : true))

const span = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' }
const createExport = () => client.call('exports.create', { body: { type: 'audit', format: 'ndjson', ...span } })
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const completed = (id: string) =>
  until('the export', async () => {
    const found = await client.call('exports.show', { params: { id } })
    return found.state === 'completed' ? found : undefined
  })

for (const step of exportSteps) {
  test(`killed with ${step}: the archive is whole, and told once`, async () => {
    await sealed()
    trigger.arm(step)
    // Its answer may die with the router; what was acknowledged is there.
    const created = await createExport().catch(() => undefined)
    await dies()
    const { data } = await client.call('exports.list', { query: { limit: 1 } })
    const id = created?.id ?? data[0]?.id ?? assert.fail()
    const { bytes, sha256 } = await completed(id)
    const archive = readFileSync(join(folder, 'exports', `${id}.zip`))
    assert.deepEqual([archive.length, sha256Of(archive)], [bytes, sha256])
    const left = readdirSync(join(folder, 'exports')).filter((name) => name.endsWith('.part'))
    assert.deepEqual(left, [])
    const told = await until('its record', async () => {
      const { data: records } = await client.call('audit.records', { query: { kind: 'export.completed' } })
      const ours = records.filter((record) => record.data.export_id === id)
      return ours.length > 0 ? ours : undefined
    })
    assert.equal(told.length, 1)
  })
}

test(`killed with ${longExportStep}: the next router goes on behind the second, and reads no row twice`, async (t) => {
  const db = new pg.Client({ connectionString: settings.databaseUrl })
  await db.connect()
  t.after(() => db.end())
  const workspace = await client.call('workspaces.create', { body: { name: 'lab' } })
  const count = 2 * limits.exportFileRows + 500
  await db.query('set session_replication_role = replica')
  await db.query(
    `insert into executions (id, project_id, workspace_id, tool, risk, at_most_once, state, args, schema_digest, digest,
       policy_version, attempt, lease_epoch, requested_by, request_id, timeout_ms, created_at, finished_at)
     select ('0196b0c4-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (select id from projects where slug = 'demo'), $2,
       'host_uptime', 'read', false, 'cancelled', '{}', repeat('0', 64), repeat('0', 64), 1, 1, 1, 'key_gone', 'request', 1000, now(), now()
     from generate_series(1, $1) as n`,
    [count, workspace.id],
  )
  trigger.arm(longExportStep)
  const { id } = await client.call('exports.create', { body: { type: 'executions', format: 'ndjson', ...span } })
  await until('the router to die', () => (child.signalCode === null ? undefined : true))
  trigger.disarm()
  const { rows } = await db.query<{ state: string; made: ArchiveMade }>(
    `select state, made from exports where id = $1`,
    [id],
  )
  const [{ state, made }] = rows as [(typeof rows)[0]]
  assert.deepEqual([state, made.rows, made.files.length], ['running', 2 * limits.exportFileRows, 2])
  const part = readFileSync(join(folder, 'exports', `${id}.zip.part`))
  assert.ok(part.length > made.length, 'the third file was begun')
  // Rows that are in the archive are not there any more: who read them again would not find them.
  await db.query('delete from executions where id >= $1', [made.cursor])
  // Nor is any taken in that came later.
  await db.query(
    `insert into executions select (jsonb_populate_record(e, '{"id": "0196b0c5-0000-7000-8000-000000000001"}')).* from executions e limit 1`,
  )
  await startRouter()
  const done = await completed(id)
  const archive = readFileSync(join(folder, 'exports', `${id}.zip`))
  assert.deepEqual([archive.length, sha256Of(archive), done.rows], [done.bytes, done.sha256, count])
  assert.ok(archive.subarray(0, made.length).equals(part.subarray(0, made.length)))
  const unpacked = mkdtempSync(join(tmpdir(), 'xerotier-export-'))
  t.after(() => rmSync(unpacked, { recursive: true }))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'exports', `${id}.zip`), unpacked])
  const { files, rows: listed } = JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8'))
  for (const { name, sha256 } of files) assert.equal(sha256Of(readFileSync(join(unpacked, name))), sha256, name)
  const ids = readdirSync(unpacked)
    .filter((name) => name.startsWith('executions-'))
    .sort()
    .flatMap((name) => readFileSync(join(unpacked, name), 'utf8').trimEnd().split('\n'))
    .map((line) => String(JSON.parse(line).id))
  assert.deepEqual([listed, ids.length, new Set(ids).size], [count, count, count])
  assert.deepEqual(ids, [...ids].sort().reverse())
})

for (const [n, step] of sealSteps.entries()) {
  test(`killed with ${step}: the log goes on, and nothing of it is lost or twice`, async (t) => {
    await sealed()
    const name = `sealed-${n}`
    const create = () => client.call('workspaces.create', { body: { name } })
    trigger.arm(step)
    // The seal of what came before may end the router first: what was acknowledged is there.
    const created = await create().catch(() => undefined)
    await dies()
    const { data: there } = await client.call('workspaces.list')
    const isThere = there.some((workspace) => workspace.name === name)
    assert.ok(isThere || created === undefined)
    if (!isThere) await create()
    await until('its seal', async () => {
      const { data: records } = await client.call('audit.records', { query: { kind: 'workspace.created' } })
      return records.some(({ index, data }) => index !== null && data.name === name) ? true : undefined
    })
    const log = await client.call('audit.log')
    assert.deepEqual(log.strays, [])
    const { id } = await createExport()
    await completed(id)
    const unpacked = mkdtempSync(join(tmpdir(), 'xerotier-export-'))
    t.after(() => rmSync(unpacked, { recursive: true }))
    execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'exports', `${id}.zip`), unpacked])
    const said = execFileSync('python3', [verifier, join(unpacked, 'audit'), log.verifier_key]).toString()
    assert.match(said, /^verified: records 0 to /)
    const entries = readFileSync(join(unpacked, 'audit', 'entries.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
    const seqs = entries.map((line) => JSON.parse(line).seq)
    assert.equal(new Set(seqs).size, seqs.length)
    assert.equal(entries.filter((line) => line.includes(`"${name}"`)).length, 1)
  })
}
