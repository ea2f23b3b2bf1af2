// The guide to bundles, as written, with the real agent program.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { clone, path, type Walk, walkGuide } from './walk.ts'

const name = 'write-a-bundle.md'
const text = readFileSync(join(clone, 'docs/guides', name), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
const tools = join(folder, 'tools')
const cache = join(folder, 'cache')
const program = (name: string) => join(clone, 'packages', name, 'main.ts')
let system: RouterForTests
let agent: ChildProcess | undefined
let walk: Walk | undefined

before(async () => {
  for (const path of [join(cache, 'pages'), join(cache, 'images'), join(folder, 'bin')])
    mkdirSync(path, { recursive: true })
  for (const file of ['pages/index.html', 'pages/shoes.html', 'images/shoe.png'])
    writeFileSync(join(cache, file), 'cached')
  system = await startRouterForTests()
  const { client } = system
  const { key } = await client.call('joinKeys.create', { body: { name: 'xem-shop-01', region: 'test' } })
  agent = spawn(process.execPath, [program('xem-agent'), '--config', join(folder, 'none.yaml')], {
    env: {
      ...childEnvironment(),
      PATH: path,
      HOME: folder,
      XEM_ROUTER_URL: client.origin,
      XEM_JOIN_KEY: key,
      XEM_REGISTRATION_NAME: 'xem-shop-01',
      XEROTIER_AGENT_ALLOW_INSECURE: 'true',
      XEM_LOG_LEVEL: 'error',
      XEM_SHIPPED_BUNDLES: 'host',
      XEM_TOOLS_DIR: tools,
      XEM_SIGNING_KEY_PATH: join(folder, 'signing-key.hex'),
      XEM_CURVE_KEY_PATH: join(folder, 'curve-key.hex'),
      XEM_QUEUE_DB_PATH: join(folder, 'queue.sqlite'),
      XEM_METRICS_HOST: '127.0.0.1',
      XEROTIER_XEM_METRICS_PORT: '0',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // Does for this agent what the unit's ExecReload does; any other order is an error.
  const systemctl = `#!/bin/sh\nset -eu\ntest "$*" = 'reload xerotier-xem'\nkill -HUP ${agent.pid}\n`
  writeFileSync(join(folder, 'bin', 'systemctl'), systemctl, { mode: 0o755 })
  await until('the agent to be healthy', async () => {
    const { data } = await client.call('agents.list')
    return data.some(({ health, tool_count }) => health === 'healthy' && tool_count > 0) ? true : undefined
  })
  await client.call('workspaces.create', { body: { name: 'shop-host', type: 'host' } })
  await client.call('workspaces.bind', { params: { id: 'shop-host' }, body: { agent: 'xem-shop-01' } })
  await client.call('project.update', { body: { allow_self_approval: false } })
  await until('the agent to serve the workspace', async () => {
    const { data } = await client.call('tools.list', { query: { workspace: 'shop-host' } })
    return data.length > 0 ? true : undefined
  })
})
after(async () => {
  await walk?.stop()
  if (agent !== undefined && agent.exitCode === null && agent.signalCode === null) {
    agent.kill('SIGKILL')
    await once(agent, 'exit')
  }
  await system?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a bundle: written, loaded, called, approved', async () => {
  const { client } = system
  const workstation = (apiKey: string) => ({
    cwd: folder,
    env: { PATH: path, HOME: folder, XEROTIER_BASE_URL: `${client.origin}/demo/v1`, XEROTIER_API_KEY: apiKey },
  })
  // Its key made the caller's, so it may decide; the other way round it might not.
  const bootstrap = workstation(system.apiKey)
  const caller = await client.call('apiKeys.create', { body: { name: 'caller', scopes: ['execution', 'management'] } })
  walk = walkGuide(name, {
    host: { cwd: folder, env: { PATH: `${join(folder, 'bin')}:${path}`, HOME: folder } },
    workstation: workstation(caller.key),
    reviewer: bootstrap,
  })
  Object.assign(walk.values, { 'tools-dir': tools, 'cache-dir': cache, agent: 'xem-shop-01', ws: 'shop-host' })

  await walk.run()
  const file = join(tools, 'page-cache', 'bundle.yaml')
  const broken = readFileSync(file, 'utf8').replace(' command:', ' comand:')
  cpSync(join(tools, 'page-cache'), join(tools, 'z-broken'), { recursive: true })
  writeFileSync(join(tools, 'z-broken', 'bundle.yaml'), broken)

  await walk.run()
  await until('the bundles to be published', async () => {
    const { bundles } = await client.call('agents.show', { params: { id: 'xem-shop-01' } })
    return bundles.some((bundle) => bundle.name === 'page-cache') ? true : undefined
  })
  const [reason] = /bundle\.yaml:\d+: tools\.0\.comand: .*$/m.exec(text)!
  const shown = (await walk.run()).stdout
  assert.match(shown, /page-cache +1\.0\.0 +true/)
  assert.ok(shown.includes(`${join(tools, 'z-broken')}/${reason}`), shown)

  const tried = await walk.run()
  assert.match(tried.stdout, /cache_clear +destructive/)
  assert.match(tried.stdout, /Risk: +read/)
  assert.match(tried.stdout, new RegExp(`-rw.* ${join(cache, 'pages', 'shoes.html')}$`, 'm'))
  assert.doesNotMatch(tried.stdout, /shoe\.png/)
  const call = [
    program('xeroctl'),
    'exec',
    'invoke',
    '--workspace',
    'shop-host',
    '--tool',
    'cache_list',
    '--arg',
    'kind=all',
  ]
  const misfit = spawn(process.execPath, call, { ...bootstrap, stdio: ['ignore', 'ignore', 'pipe'] })
  const [said, [status]] = await Promise.all([misfit.stderr.toArray(), once(misfit, 'exit')])
  assert.match(Buffer.concat(said).toString(), /must be equal to one of the allowed values/)
  assert.equal(status, 2)

  const asked = (await walk.run()).stdout
  assert.match(asked, /pending_approval/)
  const { data } = await client.call('approvals.list')
  Object.assign(walk.values, { 'approval-id': data[0]!.id, 'execution-id': data[0]!.execution_id })
  assert.ok(asked.includes(data[0]!.id), 'step 4 prints the approval')
  assert.equal(readdirSync(join(cache, 'pages')).length, 2)

  const cleared = await walk.run()
  assert.match(cleared.stdout, /before: 2 files\nafter: 0 files/)
  assert.deepEqual([readdirSync(join(cache, 'pages')), readdirSync(join(cache, 'images'))], [[], ['shoe.png']])
  await walk.end()
})
