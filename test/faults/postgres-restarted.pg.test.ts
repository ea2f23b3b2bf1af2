// The embedded Postgres is killed under load. The router gets it back; nothing that was
// acknowledged is lost, and each call ends once.
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type Router, startRouter } from '@xerotier/router/router.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const stateDir = join(folder, 'state')
let router: Router
let client: Client
let agent: AgentForTests
let cluster: string

before(async () => {
  router = await startRouter({
    clock: systemClock,
    log: silentLog,
    stateDir,
    http: { host: '127.0.0.1', port: 0 },
    dataPlane: { address: 'tcp://127.0.0.1:0' },
    bootstrap: { slug: 'demo', keyFile: join(folder, 'api-key'), allowSelfApproval: true, owner: 'owner@localhost' },
    // A lease lasts while a busy machine is late.
    settings: { leaseIntervals: 60 },
  })
  cluster = realpathSync(join(stateDir, 'postgres'))
  client = createClient({
    baseUrl: `${router.url}/demo/v1`,
    apiKey: readFileSync(join(folder, 'api-key'), 'utf8').trim(),
  })
  agent = await startAgentForTests(client, {
    name: 'pg-xem',
    prepare: ({ tools }) => writeMarkBundle(tools),
    env: { XEM_LEASE_RENEWAL_INTERVAL_MS: '1000' },
  })
  await client.call('workspaces.create', { body: { name: 'pg' } })
  await client.call('workspaces.bind', { params: { id: 'pg' }, body: { agent: 'pg-xem' } })
})
after(async () => {
  await agent.stop()
  await router.stop()
  // As root the cluster is in the system's folder, one above what the link names.
  rmSync(cluster, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

/** The server's folder is found by its marker: its place depends on who runs the test. */
const dataFolder = () =>
  globSync('**/PG_VERSION', { cwd: cluster, exclude: (path) => path === 'base' })
    .map(dirname)
    .sort()[0]!
const postmaster = () => Number(readFileSync(join(cluster, dataFolder(), 'postmaster.pid'), 'utf8').split('\n')[0])

test('what was acknowledged before and during a crash of Postgres is there after it, and ran once', async (t) => {
  const acknowledged: string[] = []
  let stop = false
  const submitter = async (n: number) => {
    for (let i = 0; !stop; i++) {
      const file = join(folder, `marks-${n}-${i}`)
      const answer = await client
        .call('invocations.submit', { body: { workspace: 'pg', tool: 'mark_write', args: { file, ms: 20 } } })
        .catch(() => undefined)
      if (answer !== undefined) acknowledged.push(answer.id)
    }
  }
  t.after(() => {
    stop = true
  })
  const submitters = [0, 1, 2, 3].map(submitter)
  await until('some calls', () => (acknowledged.length >= 10 ? true : undefined))
  const killed = postmaster()
  process.kill(killed, 'SIGKILL')
  const before = acknowledged.length
  await until('Postgres to be back', () => {
    try {
      return postmaster() === killed ? undefined : true
    } catch {
      return undefined
    }
  })
  await until('calls after the crash', () => (acknowledged.length >= before + 10 ? true : undefined))
  stop = true
  await Promise.all(submitters)
  for (const id of acknowledged) {
    const ended = await until(`call ${id}`, async () => {
      const execution = await client.call('executions.show', { params: { id } })
      return execution.finished_at === null ? undefined : execution
    })
    assert.equal(ended.state, 'completed')
    assert.deepEqual(marks(ended.args.file as string), { started: 1, ended: 1 })
  }
})

test('the router is ready again, and its agent is still online', async () => {
  const ready = await fetch(`${router.url}/readyz`)
  assert.equal(ready.status, 200)
  assert.equal((await client.call('agents.show', { params: { id: 'pg-xem' } })).health, 'healthy')
})
