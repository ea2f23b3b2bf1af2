// A second kind of agent over the same body, against a real router: the seam holds, or this does
// not.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { loadConfig } from '@xerotier/runtime/config.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { openOutbox } from '../outbox.ts'
import { type Agent, startAgent } from './agent.ts'
import { type AddingKind, addingKind } from './fixtures/adding-agent.ts'
import { agentOptions } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'adding-agent-'))
const options = agentOptions({
  program: 'adding-agent',
  prefix: 'ADDING_',
  home: folder,
  metricsPort: { variable: 'ADDING_METRICS_PORT', port: 0 },
})
const withNumbers = { input_schema: { type: 'object', additionalProperties: { type: 'number' } } }
let system: System
before(async () => {
  system = await startSystem()
})
after(async () => {
  await system.stop()
  rmSync(folder, { recursive: true })
})

function start(kind: AddingKind, joinKey: Record<string, string> = {}): Promise<Agent> {
  const env = {
    ADDING_ROUTER_URL: system.client.origin,
    ADDING_REGISTRATION_NAME: 'adder',
    ADDING_METRICS_HOST: '127.0.0.1',
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    ...joinKey,
  }
  const { values, missing } = loadConfig(options, { flags: parseFlags(options, []), env })
  assert.deepEqual(missing, [])
  return startAgent(kind, { settings: values, options, clock: systemClock, log: silentLog, version: '0.0.0' })
}

const shown = () => system.client.call('agents.show', { params: { id: 'adder' } })
const untilHealthy = () =>
  until('the agent to be healthy', async () => ((await shown()).health === 'healthy' ? true : undefined))
const untilOffers = (tool: string) =>
  until(`${tool} to be offered`, async () => {
    const { data } = await system.client.call('tools.list', { query: { workspace: 'sums' } })
    return data.some(({ name }) => name === tool) || undefined
  })

test('an agent of another kind enrolls, works, reloads, drains and stops over the same body', async () => {
  const { client } = system
  const kind = addingKind([toolOf('add', withNumbers)])
  const { key } = await client.call('joinKeys.create', { body: { name: 'adder', region: 'test', role: 'xim' } })
  const agent = await start(kind, { ADDING_JOIN_KEY: key })
  await untilHealthy()
  const { id, role } = await shown()
  assert.deepEqual([id, role], [agent.agentId, 'xim'])

  await client.call('workspaces.create', { body: { name: 'sums' } })
  await client.call('workspaces.bind', { params: { id: 'sums' }, body: { agent: 'adder' } })
  await untilOffers('add')
  const add = (tool: string, wait: number) =>
    client.call('invocations.submit', { query: { wait }, body: { workspace: 'sums', tool, args: { a: 2, b: 3 } } })
  assert.equal((await add('add', 20)).result, 5)

  const metrics = await (await fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`)).text()
  assert.match(metrics, /^xim_link_up\{.*agent="agt_.*\} 1$/m)
  assert.match(metrics, /^xim_link_connects_total\{.*\} 1$/m)

  kind.tools = [toolOf('sum', withNumbers)]
  await agent.reload()
  await untilOffers('sum')

  // What runs when it is told to stop has its grace, and its result arrives.
  const hold = Promise.withResolvers<void>()
  kind.held = hold.promise
  const last = add('sum', 20)
  await until('the call to run', () => agent.running() === 1 || undefined)
  const stopped = agent.stop('maintenance')
  await until('the drain to be on record', async () => ((await shown()).state === 'draining' ? true : undefined))
  hold.resolve()
  await stopped
  assert.equal((await last).result, 5)
  const said = 'goodbye: maintenance'
  await until('its goodbye', async () => {
    const { data } = await client.call('agents.events', { params: { id: 'adder' } })
    return data.some(({ kind, data }) => kind === 'agent.offline' && data.reason === said) || undefined
  })
  await assert.rejects(fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`))
  assert.deepEqual(
    kind.told.filter((what) => !what.startsWith('bind')),
    ['prepare a first start', 'pause 0', 'drain', 'interrupt 0', 'close'],
  )
  assert.equal(kind.told.includes('bind sums'), true)
})

test('the next process has the same identity without a join key, and settles what the last one left', async () => {
  const outbox = openOutbox(join(folder, 'state/queue.sqlite'))
  outbox.begin([{ execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }])
  outbox.close()
  const { id } = await shown()
  const kind = addingKind([toolOf('sum', withNumbers)])
  const agent = await start(kind)
  await untilHealthy()
  assert.equal(agent.agentId, id)
  assert.deepEqual(kind.told.slice(0, 2), ['prepare again', 'an earlier call was settled'])

  await system.client.call('agents.revokeCredentials', { params: { id } })
  assert.equal(await agent.ended, 77)
  assert.deepEqual(kind.told.slice(-2), ['drain', 'interrupt 0'])
  await agent.stop('revoked')
})
