// Guide 1, as written: a real router, the real agent
// program, the real kubectl with the fake API server.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sampleCluster } from '@xerotier/devkit/fakes/kube-apiserver/sample-cluster.ts'
import { type KubeApiserver, startKubeApiserver } from '@xerotier/devkit/fakes/kube-apiserver/server.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { path, type Walk, walkGuide } from './walk.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
const home = join(folder, 'home')
let kube: KubeApiserver
let system: RouterForTests
let walk: Walk | undefined

/**
 * All of 127.0.0.0/8 is this machine, so the port of
 * the guide can be had beside any other router's.
 */
const host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0

before(async () => {
  if (!hasKubectl) return
  kube = await startKubeApiserver({ objects: sampleCluster })
  for (const path of [join(home, '.kube'), join(folder, 'workstation')]) mkdirSync(path, { recursive: true })
  kube.writeKubeconfig(join(home, '.kube', 'config'))
  const address = `tcp://${host}:${(await isFree(5555)) ? 5555 : 0}`
  system = await startRouterForTests({ dataPlane: { address } })
})
after(async () => {
  await walk?.stop()
  await system?.stop()
  await kube?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The XEM host: its own home, and state that is not the machine's. */
const hostEnv = (state: string) => ({
  PATH: path,
  HOME: home,
  XEM_SIGNING_KEY_PATH: join(folder, state, 'signing-key.hex'),
  XEM_CURVE_KEY_PATH: join(folder, state, 'curve-key.hex'),
  XEM_QUEUE_DB_PATH: join(folder, state, 'queue.sqlite'),
  XEM_TOOLS_DIR: join(folder, state, 'tools'),
  XEM_CREDENTIALS_DIR: join(folder, state, 'credentials'),
  XEM_METRICS_HOST: '127.0.0.1',
  XEROTIER_XEM_METRICS_PORT: '0',
})

const untilHealthy = (name: string) =>
  until(`${name} to be healthy`, async () => {
    const agent = await system.client.call('agents.show', { params: { id: name } }).catch(() => undefined)
    return agent?.health === 'healthy' && agent.tool_count > 0 ? agent : undefined
  })

test('guide 1: a fresh host serves tool calls', { skip: !hasKubectl && 'no kubectl on PATH' }, async () => {
  const { client } = system
  const workstation = {
    cwd: folder,
    env: {
      PATH: path,
      HOME: join(folder, 'workstation'),
      XEROTIER_BASE_URL: `${client.origin}/demo/v1`,
      XEROTIER_API_KEY: system.apiKey,
    },
  }
  const port = new URL(system.router.dataPlane).port
  walk = walkGuide(
    '1-deploy-your-first-xem.md',
    {
      workstation,
      host: { cwd: folder, env: hostEnv('first') },
      'other-host': { cwd: folder, env: hostEnv('second') },
    },
    (commands) => commands.replace(`${host}:5555`, `${host}:${port}`),
  )
  Object.assign(walk.values, {
    'router-url': client.origin,
    'router-host': host,
    name: 'xem-jumphost-01',
    region: 'eu-west',
    ws: 'kubernetes-prod',
  })

  assert.match((await walk.run()).stdout, /Key accepted: +yes/)
  assert.match((await walk.run()).stdout, /node-1 +Ready/, 'the host reads its ~/.kube/config')

  const { stdout } = await walk.run()
  assert.match(stdout, /^xjk_\S+\n$/, 'the value alone, once')
  walk.values['join-key'] = stdout.trim()

  const agent = await walk.start()
  const { id } = await untilHealthy('xem-jumphost-01')
  walk.values['agent-id'] = id
  assert.doesNotMatch(agent.output().stderr, /xjk_/, 'the join key is in no log')

  // The other way to hand over a key: for another host, with a key of its own.
  const second = await client.call('joinKeys.create', {
    body: { name: 'xem-jumphost-02', region: 'eu-west', router_addr: system.router.dataPlane },
  })
  const first = { ...walk.values }
  Object.assign(walk.values, { name: 'xem-jumphost-02', 'join-key': second.key })
  await walk.start()
  await untilHealthy('xem-jumphost-02')
  Object.assign(walk.values, first)

  assert.match((await walk.run()).stdout, new RegExp(`${id} +xem-jumphost-01 +healthy +eu-west +[1-9]\\d*`))

  const shown = (await walk.run()).stdout
  assert.match(shown, /Status: +healthy/)
  assert.match(shown, /Last heartbeat: +\d{4}-\d\d-\d\dT/)
  assert.match(shown, /kubectl_get +read +kubernetes 1\.0\.0/)
  assert.match(shown, /kubectl_delete +irreversible/)

  await walk.run()
  assert.match((await client.call('workspaces.show', { params: { id: 'kubernetes-prod' } })).agents[0]!.agent, /-01$/)

  const called = await walk.run()
  assert.match(called.stdout, /node-1 +Ready +control-plane/)
  assert.match(called.stderr, /completed in \d+ ms, on xem-jumphost-01/)
  await walk.end()
})
