// A fleet that comes back all at once: after its router died, after its network was away, and after
// the database was.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CutProxy, startCutProxy } from '@xerotier/devkit/faults/cut-proxy.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import pg from 'pg'

const agents = 150
let system: RouterForTests
let network: CutProxy
let links: ChildProcess
let said = ''

before(async () => {
  system = await startRouterForTests()
  network = await startCutProxy(system.router.dataPlane)
  const settings = {
    baseUrl: `${system.router.url}/demo/v1`,
    apiKey: system.apiKey,
    agents,
    address: network.address,
    logLevel: 'info',
  }
  links = fork(join(import.meta.dirname, '../../../bench/processes/links.ts'), {
    env: { ...process.env, XEROTIER_BENCH_SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  links.stderr?.on('data', (data) => {
    said += data
  })
  await once(links, 'message')
})
after(async () => {
  links.kill('SIGKILL')
  await network.close()
  await system.stop()
})

const epochs = () => new Map(system.router.core.fleet.all().map(({ id, leaseEpoch }) => [id, leaseEpoch]))

/**
 * Each with a session that is newer than one of `before`. That may take long where many other
 * things run: what counts is whether one of them waited in vain.
 */
async function allBack(before: Map<string, number>): Promise<void> {
  const isBack = ([id, epoch]: [string, number]) => epoch > (before.get(id) ?? 0)
  const patience = 3 * patienceMs
  await until('all agents to be back', () => [...epochs()].filter(isBack).length === agents || undefined, patience)
}

test('a fleet that returns at once is let in as it can be, and nobody waits for a welcome in vain', {
  timeout: 300_000,
}, async () => {
  const before = epochs()
  await system.restart()
  await allBack(before)
  assert.doesNotMatch(said, /no welcome within/)
})

test('a fleet whose network was away is back when the network is', { timeout: 300_000 }, async () => {
  const before = epochs()
  const ends = () => said.split('the connection to the router ended').length - 1
  const ended = ends()
  network.break()
  await until('every link to notice', () => ends() - ended >= agents || undefined, 3 * patienceMs)
  network.heal()
  await allBack(before)
})

test('a fleet whose router lost its database keeps its sessions, and is served when it is back', {
  timeout: 300_000,
}, async () => {
  const { client } = system
  await client.call('workspaces.create', { body: { name: 'fleet' } })
  await client.call('workspaces.bind', { params: { id: 'fleet' }, body: { agent: 'bench-link-0' } })
  const before = epochs()
  const postgres = new pg.Client({ connectionString: system.database.url })
  await postgres.connect()
  await postgres.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await postgres.end()
  const body = { workspace: 'fleet', tool: 'bench_echo', args: {} }
  const ended = await until('a call to be taken', () =>
    client.call('invocations.submit', { query: { wait: 60 }, body }).catch(() => undefined),
  )
  assert.equal(ended.state, 'completed')
  assert.deepEqual(epochs(), before)
})
