// An upgrade as docs/BACKUP.md says it: the router of the release before and its agent are
// replaced, one after the other, while a call runs and another waits for approval.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { kill, startChild, untilGone } from '@xerotier/devkit/faults/child.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { freePort } from '@xerotier/devkit/free-port.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { bareDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { skipWithoutHistory as skip, unpackReleaseBefore } from '@xerotier/devkit/release-before.ts'

const today = join(import.meta.dirname, '..')
const agentName = 'upgraded-xem'
/** A release twice: that of before is loaded for the first time. */
const startMs = 3 * patienceMs
const folder = mkdtempSync(join(tmpdir(), 'xerotier-upgrade-'))
const file = (name: string) => join(folder, name)
let released: ReturnType<typeof unpackReleaseBefore>
let environment: Record<string, string>
let router: ChildProcess | undefined
let agent: ChildProcess | undefined
let client: Client

async function startRouter(release: string): Promise<void> {
  router = startChild(join(release, 'packages/router/main.ts'), environment)
  const url = `http://127.0.0.1:${environment.XEROTIER_HTTP_PORT}`
  await until(
    'the router to be up',
    async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok || undefined,
    startMs,
  )
  const apiKey = readFileSync(file('api-key'), 'utf8').trim()
  client = createClient({ baseUrl: `${url}/demo/v1`, apiKey, timeoutMs: patienceMs })
}

async function startAgent(release: string, joinKey?: string): Promise<void> {
  const epoch = joinKey === undefined ? (await shownAgent()).lease_epoch : 0
  agent = startChild(join(release, 'packages/xem-agent/main.ts'), {
    XEM_ROUTER_URL: client.origin,
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    XEM_REGISTRATION_NAME: agentName,
    XEM_SHIPPED_BUNDLES: 'none',
    XEM_TOOLS_DIR: file('tools'),
    XEM_CREDENTIALS_DIR: file('credentials'),
    XEM_SIGNING_KEY_PATH: file('signing-key.hex'),
    XEM_CURVE_KEY_PATH: file('curve-key.hex'),
    XEM_QUEUE_DB_PATH: file('queue.sqlite'),
    XEM_METRICS_HOST: '127.0.0.1',
    XEROTIER_XEM_METRICS_PORT: '0',
    XEM_LOG_LEVEL: 'critical',
    XEM_SHUTDOWN_GRACE_SECONDS: '1',
    ...(joinKey === undefined ? {} : { XEM_JOIN_KEY: joinKey }),
  })
  await untilHealthy(epoch)
}

const shownAgent = () => client.call('agents.show', { params: { id: agentName } })
const untilHealthy = (epoch: number) =>
  until(
    'the agent to be healthy',
    async () => {
      const shown = await shownAgent().catch(() => undefined)
      return shown?.health === 'healthy' && shown.lease_epoch > epoch ? true : undefined
    },
    startMs,
  )

async function end(child: ChildProcess | undefined): Promise<void> {
  child?.kill('SIGTERM')
  if (child !== undefined) await untilGone(child)
}

const submit = (tool: string, args: { file: string; gate?: string }) =>
  client.call('invocations.submit', { body: { workspace: 'upgrade', tool, args: { ms: 0, ...args } } })

const untilEnded = (id: string) =>
  until('the call to end', async () => {
    const execution = await client.call('executions.show', { params: { id } })
    return execution.finished_at === null ? undefined : execution
  })

async function runsOnce(tool: string, name: string): Promise<void> {
  const { id } = await submit(tool, { file: file(name) })
  assert.equal((await untilEnded(id)).state, 'completed')
  assert.deepEqual(marks(file(name)), { started: 1, ended: 1 })
}

before(async () => {
  if (skip !== false) return
  for (const name of ['tools', 'credentials', 'state']) mkdirSync(file(name), { mode: 0o700 })
  writeMarkBundle(file('tools'))
  released = unpackReleaseBefore()
  environment = {
    XEROTIER_DATABASE_URL: (await bareDatabase()).url,
    XEROTIER_COMPLETION_ENCRYPTION_KEY: '5'.repeat(64),
    XEROTIER_STATE_DIR: file('state'),
    XEROTIER_HTTP_PORT: String(await freePort()),
    XEROTIER_DATA_PLANE: `tcp://127.0.0.1:${await freePort()}`,
    XEROTIER_BOOTSTRAP_PROJECT: 'demo',
    XEROTIER_BOOTSTRAP_KEY_FILE: file('api-key'),
    XEROTIER_BOOTSTRAP_SELF_APPROVAL: 'true',
    XEROTIER_LOG_LEVEL: 'critical',
  }
})
after(async () => {
  for (const child of [agent, router]) if (child !== undefined) await kill(child)
  released?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('a call that runs and one that waits live through an upgrade of the router, then of the agent', {
  skip,
}, async () => {
  await startRouter(released.folder)
  await client.call('workspaces.create', { body: { name: 'upgrade' } })
  const { key } = await client.call('joinKeys.create', { body: { name: agentName, region: 'test' } })
  await startAgent(released.folder, key)
  await client.call('workspaces.bind', { params: { id: 'upgrade' }, body: { agent: agentName } })
  await until('the tools to be served', async () =>
    (await client.call('tools.list', { query: { workspace: 'upgrade' } })).data.length > 0 ? true : undefined,
  )
  await runsOnce('mark_read', 'before')
  const waits = await submit('mark_destructive', { file: file('waits') })
  const runs = await submit('mark_destructive', { file: file('runs'), gate: file('gate') })
  await client.call('approvals.approve', { params: { id: runs.approval_id! }, body: {} })
  await until('the tool to run', () => (marks(file('runs')).started > 0 ? true : undefined))

  await end(router)
  await startRouter(today)
  await until('the agent of before to be back', async () =>
    (await shownAgent()).health === 'healthy' ? true : undefined,
  )
  writeFileSync(file('gate'), '')
  const ended = await untilEnded(runs.id)
  assert.deepEqual([ended.state, marks(file('runs'))], ['completed', { started: 1, ended: 1 }])
  await client.call('approvals.approve', { params: { id: waits.approval_id! }, body: {} })
  assert.equal((await untilEnded(waits.id)).state, 'completed')
  assert.deepEqual(marks(file('waits')), { started: 1, ended: 1 })
  await runsOnce('mark_write', 'router-new')

  await end(agent)
  await startAgent(today)
  await runsOnce('mark_write', 'both-new')
})

test("what the release before wrote is read by today's, and its audit log is verified", { skip }, async () => {
  const { data } = await client.call('executions.list', { query: { workspace: 'upgrade' } })
  assert.deepEqual(
    data.map(({ state }) => state),
    Array(5).fill('completed'),
  )
  // Three records of each call at the least.
  await until('all of it to be sealed', async () =>
    (await client.call('audit.log')).size >= 3 * data.length ? true : undefined,
  )
  const verified = execFileSync(
    process.execPath,
    [join(today, 'packages/xeroctl/main.ts'), 'audit', 'verify', '-o', 'json'],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XEROTIER_BASE_URL: `${client.origin}/demo/v1`,
        XEROTIER_API_KEY: readFileSync(file('api-key'), 'utf8').trim(),
      },
    },
  )
  assert.deepEqual(JSON.parse(verified).findings, [])
})
