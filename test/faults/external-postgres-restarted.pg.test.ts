// An external Postgres (XEROTIER_DATABASE_URL) is shut down fast, and
// then killed, under load. The router outlives it and says 503 meanwhile;
// what it acknowledged is on record once, and each call ran once.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { ApiError, ConnectionError } from '@xerotier/client/api-error.ts'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { type ExternalPostgres, startExternalPostgres } from '@xerotier/devkit/external-postgres.ts'
import { untilGone } from '@xerotier/devkit/faults/child.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { Execution } from '@xerotier/protocol/api/executions.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
/** One line for each run, of whichever call. */
const runs = join(folder, 'runs')
const noteTool = (risk: string) => `
  - name: note_${risk}
    description: Adds a line to a file.
    risk: ${risk}
    command: [tee, -a, '${runs}']
    stdin: '{line}'
    input_schema:
      type: object
      additionalProperties: false
      required: [line]
      properties: { line: { type: string } }`
const bundle = `name: note\nversion: '1'\ndomain: test\ntools:${noteTool('write')}${noteTool('destructive')}\n`

let postgres: ExternalPostgres
let router: ChildProcess
let client: Client
let agent: AgentForTests

/** The program itself, as an operator starts it. @returns its URL */
async function startRouterProcess(): Promise<string> {
  router = spawn(process.execPath, [join(import.meta.dirname, '../../packages/router/main.ts')], {
    env: {
      ...childEnvironment(),
      XEROTIER_DATABASE_URL: postgres.url,
      XEROTIER_COMPLETION_ENCRYPTION_KEY: 'ab'.repeat(32),
      XEROTIER_STATE_DIR: join(folder, 'router'),
      XEROTIER_HTTP_PORT: '0',
      XEROTIER_DATA_PLANE: 'tcp://127.0.0.1:0',
      XEROTIER_BOOTSTRAP_PROJECT: 'demo',
      XEROTIER_BOOTSTRAP_KEY_FILE: join(folder, 'api-key'),
      XEROTIER_BOOTSTRAP_SELF_APPROVAL: 'true',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const said: string[] = []
  router.once('exit', (code, signal) =>
    reject(new Error(`the router ended with ${code ?? signal}: ${said.join('\n')}`)),
  )
  createInterface({ input: router.stderr! }).on('line', (line) => {
    said.push(line)
    if (line.includes('the router is up')) resolve(JSON.parse(line).url)
  })
  return promise
}

before(async () => {
  postgres = await startExternalPostgres()
  const url = await startRouterProcess()
  const apiKey = readFileSync(join(folder, 'api-key'), 'utf8').trim()
  client = createClient({ baseUrl: `${url}/demo/v1`, apiKey, retry: { retries: 0, longestWaitMs: 0 } })
  agent = await startAgentForTests(client, {
    prepare({ tools }) {
      mkdirSync(join(tools, 'note'))
      writeFileSync(join(tools, 'note', 'bundle.yaml'), bundle)
    },
    // With the usual lease: a renewal is not answered while Postgres
    // is away, and an agent whose lease is over dials again.
    env: { XEM_SHIPPED_BUNDLES: 'none' },
  })
  await client.call('workspaces.create', { body: { name: 'notes' } })
  await client.call('workspaces.bind', { params: { id: 'notes' }, body: { agent: agent.name } })
  await until('the agent to serve the workspace', async () => {
    const { data } = await client.call('tools.list', { query: { workspace: 'notes' } })
    return data.length > 0 ? true : undefined
  })
})
after(async () => {
  await agent?.stop()
  router?.kill()
  await untilGone(router)
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A submit waits for its commit longer than these callers do, who then send it again. */
const patienceMs = 500
/** What callers got instead of an answer. */
const refusals: unknown[] = []
const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError
const isGivenUp = (error: unknown) => error instanceof ConnectionError && error.code === 'timeout'
/** Asks again, with the same key, until there is an answer. */
const insist = <T>(what: string, ask: () => Promise<T>): Promise<T> =>
  until(what, () =>
    ask().catch((error: unknown) => {
      refusals.push(error)
      return undefined
    }),
  )

let keys = 0
const acknowledged = new Map<string, string>()

async function submit(tool: string): Promise<void> {
  const key = `call-${++keys}`
  const body = { workspace: 'notes', tool, args: { line: `${key}\n` } }
  const { id, approval_id } = await insist(key, () =>
    client.call('invocations.submit', { body, idempotencyKey: key, timeoutMs: patienceMs }),
  )
  acknowledged.set(key, id)
  if (approval_id === null) return
  await insist(`${key} to be approved`, () =>
    client
      .call('approvals.approve', { params: { id: approval_id }, body: {} })
      .catch((error: ApiError) => {
        // The answer to an earlier try was lost with its connection.
        if (error.code !== 'approval_already_decided') throw error
      })
      .then(() => true),
  )
}

/**
 * Submits from all sides until told to stop, and resolves when all that was begun is acknowledged.
 */
function load(): { stop(): Promise<void> } {
  let stopped = false
  const submitter = async (tool: string) => {
    while (!stopped) await submit(tool)
  }
  const submitters = Promise.all(['note_write', 'note_write', 'note_write', 'note_destructive'].map(submitter))
  submitters.catch(() => {}) // told to whoever stops it
  return {
    async stop() {
      stopped = true
      await submitters
    },
  }
}

async function everyRecord(): Promise<Execution[]> {
  const records: Execution[] = []
  for await (const record of client.items('executions.list', {})) records.push(record)
  return records
}

const untilMore = (more: number) => {
  const from = acknowledged.size
  return until(`${more} calls more`, () => (acknowledged.size >= from + more ? true : undefined), 40_000)
}

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  test(`Postgres ends by ${signal} under load: 503 until it is back, nothing is lost, nothing runs twice`, async () => {
    const submitting = load()
    await untilMore(60)
    await postgres.end(signal)
    const before = refusals.length
    await until('one to be refused, and one to send it again', () => {
      const since = refusals.slice(before)
      return (since.some(isRefusal) && since.some(isGivenUp)) || undefined
    })
    await assert.rejects(client.call('executions.list'), { status: 503, code: 'backend_unavailable', retryAfter: 1 })
    assert.equal((await fetch(new URL('/readyz', client.origin))).status, 503)
    assert.equal((await fetch(new URL('/healthz', client.origin))).status, 200, 'it lives')
    await postgres.start()
    await untilMore(60)
    await submitting.stop()

    const records = await until(
      'all calls to end',
      async () => {
        const found = await insist('the list', () => everyRecord())
        return found.every((record) => record.finished_at !== null) ? found : undefined
      },
      40_000,
    )
    assert.equal(router.exitCode ?? router.signalCode, null, 'the router goes on')
    assert.deepEqual([...new Set(records.map((record) => record.state))], ['completed'])
    assert.deepEqual(
      records.map((record) => record.id).sort(),
      [...acknowledged.values()].sort(),
      'one record for each key, and the one that was acknowledged',
    )
    assert.deepEqual(readFileSync(runs, 'utf8').trim().split('\n').sort(), [...acknowledged.keys()].sort())
    for (const error of refusals) {
      if (isGivenUp(error)) continue
      assert.ok(isRefusal(error), String(error))
      assert.deepEqual([error.status, error.code, error.retryAfter], [503, 'backend_unavailable', 1])
    }
    assert.equal((await fetch(new URL('/readyz', client.origin))).status, 200)
  })
}
