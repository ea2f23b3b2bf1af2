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
import { type ArchivingStep, exportSteps, sealSteps } from '@xerotier/devkit/faults/dies-archiving.ts'
import type { RouterProcessSettings } from '@xerotier/devkit/faults/router-process.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'

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

function sealed(size: number) {
  return until('the seal', async () => {
    const log = await client.call('audit.log')
    return log.checkpoint !== null && log.size >= size ? log : undefined
  })
}

const span = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' }
const create = () => client.call('exports.create', { body: { type: 'audit', format: 'ndjson', ...span } })
const completed = (id: string) =>
  until('the export', async () => {
    const found = await client.call('exports.show', { params: { id } })
    return found.state === 'completed' ? found : undefined
  })

for (const step of exportSteps) {
  test(`killed with ${step}: the archive is whole, and told once`, async () => {
    await sealed(1)
    trigger.arm(step)
    // Its answer may die with the router; what was acknowledged is there.
    const created = await create().catch(() => undefined)
    await dies()
    const { data } = await client.call('exports.list', { query: { limit: 1 } })
    const id = created?.id ?? data[0]?.id ?? assert.fail()
    const { bytes, sha256 } = await completed(id)
    const archive = readFileSync(join(folder, 'exports', `${id}.zip`))
    assert.deepEqual([archive.length, createHash('sha256').update(archive).digest('hex')], [bytes, sha256])
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

for (const [n, step] of sealSteps.entries()) {
  test(`killed with ${step}: the log goes on, and nothing of it is lost or twice`, async (t) => {
    const { size } = await sealed(1)
    trigger.arm(step)
    await client.call('workspaces.create', { body: { name: `sealed-${n}` } })
    await dies()
    const log = await sealed(size + 1)
    assert.deepEqual(log.strays, [])
    const { id } = await create()
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
    assert.equal(entries.filter((line) => line.includes(`"sealed-${n}"`)).length, 1)
  })
}
