// A router of a test's own: real Postgres (a clone),
// real HTTP, real ZeroMQ, free ports, throw-away keys.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Router, type RouterOptions, startRouter } from '@xerotier/router/router.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { patienceMs } from './patience.ts'
import { type ClonedDatabase, cloneDatabase } from './postgres-for-tests.ts'
import type { SettableClock } from './settable-clock.ts'

export interface RouterForTestsOptions extends Partial<Omit<RouterOptions, 'http'>> {
  /** Of the first project. */
  slug?: string
  http?: Partial<RouterOptions['http']>
}

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
  restart(options?: RouterForTestsOptions): Promise<void>
  stop(): Promise<void>
}

export async function startRouterForTests({
  slug = 'demo',
  http,
  ...options
}: RouterForTestsOptions = {}): Promise<RouterForTests> {
  const database = await cloneDatabase()
  const stateDir = mkdtempSync(join(tmpdir(), 'xerotier-router-'))
  const keyFile = join(stateDir, 'api-key')
  const start = ({ http: moreHttp, ...more }: RouterForTestsOptions) =>
    startRouter({
      clock: systemClock,
      log: silentLog,
      stateDir,
      databaseUrl: database.url,
      http: { host: '127.0.0.1', port: 0, validateResponses: true, ...http, ...moreHttp },
      dataPlane: { address: 'tcp://127.0.0.1:0' },
      bootstrap: { slug, keyFile, allowSelfApproval: true, owner: 'owner@localhost' },
      ...options,
      ...more,
    })
  const router = await start({})
  const apiKey = readFileSync(keyFile, 'utf8').trim()
  const clientWith = (key: string) =>
    createClient({ baseUrl: `${router.url}/${slug}/v1`, apiKey: key, timeoutMs: 1.5 * patienceMs })
  const client = clientWith(apiKey)
  // Not over HTTP: the first request that a key makes is the test's.
  const project = await router.core.store.db.selectFrom('projects').select('id').executeTakeFirstOrThrow()
  let stopped = false
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
        http: { port: Number(port) },
        dataPlane: { address: running.router.dataPlane, alternate: running.router.alternate },
        ...more,
      })
    },
    async stop() {
      if (stopped) return
      stopped = true
      await throughGrace(running.router.stop(), options.clock)
      await database.drop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
  return running
}

/**
 * A server that stops waits a while for a connection that has asked nothing, such as one for a
 * stream that was given up. A test's clock stands still meanwhile.
 */
async function throughGrace(stopping: Promise<void>, clock: RouterOptions['clock'] | undefined): Promise<void> {
  if (clock === undefined || !('advance' in clock)) return stopping
  const { advance } = clock as SettableClock
  const isOver = stopping.then(() => true)
  while (!(await Promise.race([isOver, setTimeout(20, false)]))) await advance(limits.httpCloseGraceMs)
}
