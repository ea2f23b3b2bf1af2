// An agent whose disk takes nothing: it serves, refuses what it must record, and says what it could
// not keep.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { startAgent } from './agent.ts'
import { loadAgentConfig, options } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-disk-full-'))
let system: System
before(async () => {
  system = await startSystem()
})
after(async () => {
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Keys, journal and enrollment in a folder of its own. */
function environment(name: string): Record<string, string> {
  const state = join(folder, name)
  return {
    XEM_ROUTER_URL: system.client.origin,
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    XEM_REGISTRATION_NAME: name,
    XEM_SHIPPED_BUNDLES: 'none',
    XEM_CREDENTIALS_DIR: folder,
    XEM_SIGNING_KEY_PATH: join(state, 'signing-key.hex'),
    XEM_CURVE_KEY_PATH: join(state, 'curve-key.hex'),
    XEM_QUEUE_DB_PATH: join(state, 'queue.sqlite'),
    XEM_METRICS_HOST: '127.0.0.1',
    XEROTIER_XEM_METRICS_PORT: '0',
  }
}

const healthOf = async (id: string) =>
  (await system.client.call('agents.show', { params: { id } }).catch(() => undefined))?.health

const untilGoodbye = (id: string, reason: string) =>
  until(`the goodbye of ${id}`, async () => {
    const { data } = await system.client.call('agents.events', { params: { id } })
    return data.some(({ kind, data }) => kind === 'agent.offline' && data.reason === `goodbye: ${reason}`) || undefined
  })

test('a binding and a reload take effect in the same session although their manifest cannot be written', async () => {
  const state = join(folder, 'manifest')
  const agent = await system.addAgent({ name: 'manifest', env: { XEM_QUEUE_DB_PATH: join(state, 'queue.sqlite') } })
  const session = async () => (await system.client.call('agents.show', { params: { id: 'manifest' } })).lease_epoch
  const before = await session()
  // What stands in its way fails the write as a full or read-only disk does.
  mkdirSync(join(state, 'manifest.json.tmp'))
  await system.addWorkspace('manifest', 'generic', [agent])
  writeMarkBundle(agent.tools)
  await agent.agent.reload()
  await until('the new tools', async () => {
    const { data } = await system.client.call('tools.list', { query: { workspace: 'manifest' } })
    return data.some(({ name }) => name === 'mark_read') || undefined
  })
  assert.equal(await session(), before)
})

test('a stop that loses results says goodbye, closes everything, and fails', async () => {
  const { client } = system
  const { key } = await client.call('joinKeys.create', { body: { name: 'lossy', region: 'test' } })
  const { values } = loadAgentConfig(parseFlags(options, []), { ...environment('lossy'), XEM_JOIN_KEY: key })
  const diskFull = new Error('database or disk is full')
  const agent = await startAgent({
    config: values,
    clock: systemClock,
    log: silentLog,
    version: '0.0.0',
    hostEnv: {},
    instrument({ outbox }) {
      outbox.flush = () => {
        throw diskFull
      }
    },
  })
  // Its own word, not the router's: before its welcome has arrived it has no session to say goodbye
  // in.
  await until('the agent to be online', () => agent.link.state === 'online' || undefined)
  await assert.rejects(agent.stop('maintenance'), { message: /^results are neither with/, cause: diskFull })
  await untilGoodbye('lossy', 'maintenance')
  await assert.rejects(fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`))
})

test('a process on a full disk starts no call that it cannot record, and ends with 0 once its results are delivered', async () => {
  const { client } = system
  const tools = join(folder, 'tools')
  writeMarkBundle(tools)
  const { key } = await client.call('joinKeys.create', { body: { name: 'full', region: 'test' } })
  const node = [process.execPath, join(import.meta.dirname, 'main.ts'), '--config', join(folder, 'none.yaml')]
  // No file larger than 80 blocks of 512 bytes: the journal reaches that after some calls, and
  // fails as on a full disk. Compiled code would be larger.
  const child = spawn('sh', ['-c', 'ulimit -f 80; exec "$@"', 'sh', ...node], {
    env: {
      ...environment('full'),
      ...childEnvironment(),
      XEM_JOIN_KEY: key,
      XEM_TOOLS_DIR: tools,
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  try {
    const exited = once(child, 'exit')
    let log = ''
    child.stderr.on('data', (data: Buffer) => {
      log += data
    })
    await until('the agent to be healthy', async () => (await healthOf('full')) === 'healthy' || undefined)
    await client.call('workspaces.create', { body: { name: 'full' } })
    await client.call('workspaces.bind', { params: { id: 'full' }, body: { agent: 'full' } })
    await until('the binding', () => log.includes('"workspaces":["full"]') || undefined)
    const submit = async (tool: string) => {
      const file = join(folder, `marks-${randomUUID()}`)
      const { id } = await client.call('invocations.submit', {
        body: { workspace: 'full', tool, args: { file, ms: 0 } },
      })
      const state = await until('the call to end or to be refused', async () => {
        if (log.includes('cannot write its journal')) return 'refused'
        const { state, finished_at } = await client.call('executions.show', { params: { id } })
        return finished_at === null ? undefined : state
      })
      return { state, runs: marks(file) }
    }
    let last = await submit('mark_write')
    while (last.state !== 'refused') {
      assert.deepEqual(last, { state: 'completed', runs: { started: 1, ended: 1 } })
      last = await submit('mark_write')
    }
    child.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null], log)
    await untilGoodbye('full', 'SIGTERM')
    assert.deepEqual(last.runs, { started: 0, ended: 0 })
    assert.match(log, /"error":\{[^}]*disk/)
  } finally {
    child.kill('SIGKILL')
  }
})
