// An upgrade as docs/BACKUP.md says it: the router of the release before and its agent are
// replaced, one after the other and in either order, while a call runs and another waits for
// approval.
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
import { wireVersion } from '@xerotier/protocol/wire.ts'

const today = join(import.meta.dirname, '..')
const agentName = 'upgraded-xem'
const workspace = 'upgrade'
/** A release twice: that of before is loaded for the first time. */
const startMs = 3 * patienceMs
let released: ReturnType<typeof unpackReleaseBefore>

/** A router and its agent, each of one release and then of another. */
interface Installation {
  client: Client
  file(name: string): string
  startRouter(release: string): Promise<void>
  endRouter(): Promise<void>
  /** @param joinKey enrolls it, the first time */
  startAgent(release: string, joinKey?: string): Promise<void>
  /** Tells it to end, and then does this. */
  endAgent(meanwhile?: () => void): Promise<void>
  remove(): Promise<void>
}

const installations: Installation[] = []

async function install(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-upgrade-'))
  const file = (name: string) => join(folder, name)
  for (const name of ['tools', 'credentials', 'state']) mkdirSync(file(name), { mode: 0o700 })
  writeMarkBundle(file('tools'))
  const httpPort = String(await freePort())
  const url = `http://127.0.0.1:${httpPort}`
  const environment = {
    XEROTIER_DATABASE_URL: (await bareDatabase()).url,
    XEROTIER_COMPLETION_ENCRYPTION_KEY: '5'.repeat(64),
    XEROTIER_STATE_DIR: file('state'),
    XEROTIER_HTTP_PORT: httpPort,
    XEROTIER_DATA_PLANE: `tcp://127.0.0.1:${await freePort()}`,
    XEROTIER_BOOTSTRAP_PROJECT: 'demo',
    XEROTIER_BOOTSTRAP_KEY_FILE: file('api-key'),
    XEROTIER_BOOTSTRAP_SELF_APPROVAL: 'true',
    XEROTIER_LOG_LEVEL: 'critical',
  }
  let router: ChildProcess | undefined
  let agent: ChildProcess | undefined
  let client: Client | undefined
  const made: Installation = {
    get client() {
      return client ?? assert.fail('no router yet')
    },
    file,
    async startRouter(release) {
      router = startChild(join(release, 'packages/router/main.ts'), environment)
      await until(
        'the router to be up',
        async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok || undefined,
        startMs,
      )
      const apiKey = readFileSync(file('api-key'), 'utf8').trim()
      client = createClient({ baseUrl: `${url}/demo/v1`, apiKey, timeoutMs: patienceMs })
    },
    async endRouter() {
      router?.kill('SIGTERM')
      if (router !== undefined) await untilGone(router)
    },
    async startAgent(release, joinKey) {
      const epoch = joinKey === undefined ? (await shownAgent(made)).lease_epoch : 0
      agent = startChild(join(release, 'packages/xem-agent/main.ts'), {
        XEM_ROUTER_URL: url,
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
        XEM_SHUTDOWN_GRACE_SECONDS: String(Math.ceil(patienceMs / 1000)),
        ...(joinKey === undefined ? {} : { XEM_JOIN_KEY: joinKey }),
      })
      await untilHealthy(made, epoch)
    },
    async endAgent(meanwhile) {
      agent?.kill('SIGTERM')
      meanwhile?.()
      if (agent !== undefined) await untilGone(agent)
    },
    async remove() {
      for (const child of [agent, router]) if (child !== undefined) await kill(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  installations.push(made)
  return made
}

const shownAgent = ({ client }: Installation) => client.call('agents.show', { params: { id: agentName } })
const untilHealthy = (at: Installation, afterEpoch: number) =>
  until(
    'the agent to be healthy',
    async () => {
      const shown = await shownAgent(at).catch(() => undefined)
      return shown?.health === 'healthy' && shown.lease_epoch > afterEpoch ? true : undefined
    },
    startMs,
  )

const submit = ({ client }: Installation, tool: string, args: { file: string; gate?: string }) =>
  client.call('invocations.submit', { body: { workspace, tool, args: { ms: 0, ...args } } })

const untilEnded = ({ client }: Installation, id: string) =>
  until('the call to end', async () => {
    const execution = await client.call('executions.show', { params: { id } })
    return execution.finished_at === null ? undefined : execution
  })

async function runsOnce(at: Installation, tool: string, name: string): Promise<void> {
  const { id } = await submit(at, tool, { file: at.file(name) })
  assert.equal((await untilEnded(at, id)).state, 'completed')
  assert.deepEqual(marks(at.file(name)), { started: 1, ended: 1 })
}

/** Of the release before, with an agent that serves. */
async function installBefore(): Promise<Installation> {
  const at = await install()
  await at.startRouter(released.folder)
  await at.client.call('workspaces.create', { body: { name: workspace } })
  const { key } = await at.client.call('joinKeys.create', { body: { name: agentName, region: 'test' } })
  await at.startAgent(released.folder, key)
  await at.client.call('workspaces.bind', { params: { id: workspace }, body: { agent: agentName } })
  await until('the tools to be served', async () =>
    (await at.client.call('tools.list', { query: { workspace } })).data.length > 0 ? true : undefined,
  )
  await runsOnce(at, 'mark_read', 'before')
  return at
}

const waits = (at: Installation, name: string) => submit(at, 'mark_destructive', { file: at.file(name) })
const approve = ({ client }: Installation, { approval_id }: { approval_id: string | null }) =>
  client.call('approvals.approve', { params: { id: approval_id! }, body: {} })

/** A call that runs until its gate is opened. */
async function runs(at: Installation, name: string) {
  const gate = at.file(`${name}-gate`)
  const call = await submit(at, 'mark_destructive', { file: at.file(name), gate })
  await approve(at, call)
  await until('the tool to run', () => (marks(at.file(name)).started > 0 ? true : undefined))
  return { id: call.id, open: () => writeFileSync(gate, '') }
}

async function endedOnce(at: Installation, { id }: { id: string }, name: string): Promise<void> {
  assert.equal((await untilEnded(at, id)).state, 'completed')
  assert.deepEqual(marks(at.file(name)), { started: 1, ended: 1 })
}

before(() => {
  if (skip === false) released = unpackReleaseBefore()
})
after(async () => {
  for (const at of installations) await at.remove()
  released?.remove()
})

test('a call that runs and one that waits live through an upgrade of the router, then of the agent', {
  skip,
}, async () => {
  const at = await installBefore()
  const waiting = await waits(at, 'waits')
  const running = await runs(at, 'runs')

  await at.endRouter()
  await at.startRouter(today)
  await untilHealthy(at, 0)
  running.open()
  await endedOnce(at, running, 'runs')
  await approve(at, waiting)
  await endedOnce(at, waiting, 'waits')
  await runsOnce(at, 'mark_write', 'router-new')
  assert.equal((await shownAgent(at)).wire_version, 2)

  await at.endAgent()
  await at.startAgent(today)
  await runsOnce(at, 'mark_write', 'both-new')
  assert.equal((await shownAgent(at)).wire_version, wireVersion)
})

test("what the release before wrote is read by today's, and its audit log is verified", { skip }, async () => {
  const [at] = installations
  const { client, file } = at ?? assert.fail('nothing was upgraded')
  const { data } = await client.call('executions.list', { query: { workspace } })
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
        HOME: file('.'),
        XEROTIER_BASE_URL: `${client.origin}/demo/v1`,
        XEROTIER_API_KEY: readFileSync(file('api-key'), 'utf8').trim(),
      },
    },
  )
  assert.deepEqual(JSON.parse(verified).findings, [])
  await at?.remove()
})

test('they live through an upgrade of the agent, then of the router', { skip }, async () => {
  const at = await installBefore()
  const waiting = await waits(at, 'waits')
  const running = await runs(at, 'runs')

  // Its shutdown lets the call end.
  await at.endAgent(running.open)
  await endedOnce(at, running, 'runs')
  await approve(at, waiting)
  await at.startAgent(today)
  await endedOnce(at, waiting, 'waits')
  await runsOnce(at, 'mark_write', 'agent-new')

  const [stillWaiting, stillRunning] = [await waits(at, 'still-waits'), await runs(at, 'still-runs')]
  await at.endRouter()
  await at.startRouter(today)
  await untilHealthy(at, 0)
  assert.equal((await shownAgent(at)).wire_version, wireVersion)
  stillRunning.open()
  await endedOnce(at, stillRunning, 'still-runs')
  await approve(at, stillWaiting)
  await endedOnce(at, stillWaiting, 'still-waits')
  await runsOnce(at, 'mark_write', 'both-new')
})

test("an agent of today is enrolled by the release before, and one of before by today's", { skip }, async () => {
  for (const [router, agent, version] of [
    [released.folder, today, undefined],
    [today, released.folder, 2],
  ] as const) {
    const at = await install()
    await at.startRouter(router)
    await at.client.call('workspaces.create', { body: { name: workspace } })
    const { key } = await at.client.call('joinKeys.create', { body: { name: agentName, region: 'test' } })
    await at.startAgent(agent, key)
    assert.equal((await shownAgent(at)).wire_version, version)
    await at.remove()
  }
})
