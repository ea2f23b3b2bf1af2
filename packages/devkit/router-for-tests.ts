// A router of a test's own: real Postgres (a clone), real HTTP, real ZeroMQ, free ports, throw-away keys.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type Router, type RouterOptions, startRouter } from '@xerotier/router/router.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { type ClonedDatabase, cloneDatabase } from './postgres-for-tests.ts'

export interface RouterForTests {
  router: Router
  /** With the bootstrap key: all scopes. */
  client: Client
  apiKey: string
  /** The same project with another key. */
  clientWith(apiKey: string): Client
  projectId: string
  database: ClonedDatabase
  stateDir: string
  /** Another router on the same database, keys and ports, after `router.stop()`: a restart. */
  restart(options?: Partial<RouterOptions>): Promise<void>
  stop(): Promise<void>
}

export async function startRouterForTests(options: Partial<RouterOptions> = {}): Promise<RouterForTests> {
  const database = await cloneDatabase()
  const stateDir = mkdtempSync(join(tmpdir(), 'xerotier-router-'))
  const keyFile = join(stateDir, 'api-key')
  const start = (more: Partial<RouterOptions>) =>
    startRouter({
      clock: systemClock,
      log: silentLog,
      stateDir,
      databaseUrl: database.url,
      http: { host: '127.0.0.1', port: 0, validateResponses: true },
      dataPlane: { address: 'tcp://127.0.0.1:0' },
      bootstrap: { slug: 'demo', keyFile, allowSelfApproval: true },
      ...options,
      ...more,
    })
  const router = await start({})
  const apiKey = readFileSync(keyFile, 'utf8').trim()
  const clientWith = (key: string) => createClient({ baseUrl: `${router.url}/demo/v1`, apiKey: key })
  const client = clientWith(apiKey)
  const project = await client.call('project.show')
  const running: RouterForTests = {
    router,
    client,
    apiKey,
    clientWith,
    projectId: project.id,
    database,
    stateDir,
    async restart(more = {}) {
      await running.router.stop()
      const { port } = new URL(running.router.url)
      running.router = await start({
        http: { host: '127.0.0.1', port: Number(port), validateResponses: true },
        dataPlane: { address: running.router.dataPlane },
        ...more,
      })
    },
    async stop() {
      await running.router.stop()
      await database.drop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
  return running
}
