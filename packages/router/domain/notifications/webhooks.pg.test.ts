import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { type Receiver, startReceiver } from './receiver.fixture.ts'

let clock: ShiftedClock
let system: RouterForTests
let client: RouterForTests['client']
let serving: ServingAgent
const lines: string[] = []

before(async () => {
  clock = shiftedClock()
  const log = createLog({ level: 'debug', name: 'test', destination: { write: (line) => void lines.push(line) } })
  system = await startRouterForTests({ clock, log, settings: { privateTargets: true } })
  client = system.client
  serving = await servingAgent(client, 'worker', 'ws', [toolOf('look'), toolOf('stop', { risk: 'destructive' })])
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

const create = (url: string, events = ['exec.*'], more = {}) =>
  client.call('webhooks.create', { body: { url, events, ...more } })
const deliveriesOf = async (id: string, state?: string) =>
  (await client.call('webhooks.deliveries', { params: { id }, query: { state } })).data
const submit = (tool: string, args: Record<string, unknown> = {}) =>
  client.call('invocations.submit', { body: { workspace: 'ws', tool, args } })
const run = async (args: Record<string, unknown> = {}) => {
  const call = await submit('look', args)
  await serving.answer(await serving.agent.next('dispatch'))
  return call
}
const hexHmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')
const only = (receiver: Receiver, type: string) => receiver.next(({ body }) => body.type === type)

test('a webhook is sent what happens to a call, signed over its timestamp and body', async (t) => {
  const receiver = await startReceiver(t)
  const webhook = await create(`${receiver.url}/in?token=t`)
  assert.match(webhook.secret, /^whsec_[A-Za-z0-9_-]{43}$/)
  const call = await run()
  const { headers, text, body, path } = await only(receiver, 'exec.completed')
  assert.equal(path, '/in?token=t')
  assert.deepEqual(
    [body.object, body.type, body.data.id, body.data.state],
    ['event', 'exec.completed', call.id, 'completed'],
  )
  assert.match(body.id, /^evt_[0-9a-f]{24}$/)
  assert.equal(body.created_at, Math.floor(Date.parse(body.data.event.at) / 1000))
  assert.deepEqual([body.data.event.kind, body.data.event.actor_name], ['execution.completed', 'worker'])
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['x-webhook-id'], body.id)
  const timestamp = String(headers['x-webhook-timestamp'])
  assert.ok(Math.abs(Number(timestamp) - clock.now() / 1000) < 300)
  assert.equal(headers['x-webhook-signature'], hexHmac(webhook.secret, `${timestamp}.${text}`))
  const [delivery] = await until('the delivery', async () => {
    const found = (await deliveriesOf(webhook.id, 'delivered')).filter(({ event_id }) => event_id === body.id)
    return found.length > 0 ? found : undefined
  })
  assert.deepEqual([delivery?.attempts, delivery?.last_status, delivery?.type], [1, 204, 'exec.completed'])
  await client.call('webhooks.delete', { params: { id: webhook.id } })
})

test('the secret is in one answer, and in no record, list, event or log line', async (t) => {
  const receiver = await startReceiver(t)
  const { id, secret } = await create(receiver.url)
  const rotated = await client.call('webhooks.rotateSecret', { params: { id }, body: {} })
  assert.notEqual(rotated.secret, secret)
  const shown = [
    await client.call('webhooks.show', { params: { id } }),
    await client.call('webhooks.list', { query: {} }),
    await system.router.core.store.db.selectFrom('events').selectAll().execute(),
    lines,
  ]
  const row = await system.router.core.store.db.selectFrom('channels').selectAll().where('id', '=', id).execute()
  for (const value of [secret, rotated.secret]) {
    for (const one of shown) assert.ok(!JSON.stringify(one).includes(value.slice(6, 30)))
    assert.equal(row[0]?.secret?.includes(value.slice(6, 30)), false)
  }
  await client.call('webhooks.delete', { params: { id } })
})

test('both secrets sign until the overlap of a rotation ends, and the old one never when there is none', async (t) => {
  const receiver = await startReceiver(t)
  const { id, secret: first } = await create(receiver.url, ['join_key.revoked'])
  const tested = async () => {
    assert.equal((await client.call('webhooks.test', { params: { id } })).state, 'delivered')
    const { headers, text } = await only(receiver, 'webhook.test')
    const signed = `${headers['x-webhook-timestamp']}.${text}`
    return { headers, by: (secret: string) => hexHmac(secret, signed) }
  }
  const { secret: second } = await client.call('webhooks.rotateSecret', { params: { id }, body: { overlap_hours: 1 } })
  const during = await tested()
  assert.equal(during.headers['x-webhook-signature'], during.by(first))
  assert.equal(during.headers['x-webhook-signature-next'], during.by(second))
  clock.shift(3_600_001)
  const afterwards = await tested()
  assert.equal(afterwards.headers['x-webhook-signature'], afterwards.by(second))
  assert.equal(afterwards.headers['x-webhook-signature-next'], undefined)
  const { secret: third } = await client.call('webhooks.rotateSecret', { params: { id }, body: { overlap_hours: 0 } })
  const leaked = await tested()
  assert.equal(leaked.headers['x-webhook-signature'], leaked.by(third))
  assert.equal(leaked.headers['x-webhook-signature-next'], undefined)
  await client.call('webhooks.delete', { params: { id } })
})

test('a webhook hears of what it subscribed to, in its workspaces and of its risks alone', async (t) => {
  const receiver = await startReceiver(t)
  await client.call('workspaces.create', { body: { name: 'elsewhere' } })
  const webhooks = await Promise.all([
    create(`${receiver.url}/types`, ['exec.approval_requested', 'exec.rejected']),
    create(`${receiver.url}/elsewhere`, ['*'], { workspaces: ['elsewhere'] }),
    create(`${receiver.url}/risk`, ['exec.*'], { risks: ['irreversible'] }),
    create(`${receiver.url}/off`, ['*'], { is_active: false }),
    create(`${receiver.url}/all`, ['*']),
  ])
  const { approval_id } = await submit('stop')
  await client.call('approvals.reject', { params: { id: approval_id! }, body: { note: 'no' } })
  const rejected = await receiver.next(({ path, body }) => path === '/types' && body.type === 'exec.rejected')
  assert.deepEqual([rejected.body.data.id, rejected.body.data.note], [approval_id, 'no'])
  assert.equal(rejected.body.data.event.actor_name !== null, true)
  const { id: keyId } = await client.call('joinKeys.create', { body: { name: 'j', region: 'eu' } })
  const minted = await receiver.next(({ path, body }) => path === '/all' && body.type === 'join_key.created')
  assert.deepEqual([minted.body.data.id, minted.body.data.object], [keyId, 'join_key'])
  assert.doesNotMatch(minted.text, /xjk_/)
  await client.call('agents.pause', { params: { id: 'worker' }, body: { reason: 'why' } })
  await client.call('agents.resume', { params: { id: 'worker' }, body: {} })
  const paused = await receiver.next(({ path, body }) => path === '/all' && body.type === 'agent.paused')
  assert.deepEqual([paused.body.data.object, paused.body.data.event.data.reason], ['agent', 'why'])
  const types = (path: string) => receiver.received.filter((one) => one.path === path).map(({ body }) => body.type)
  await receiver.next(({ path, body }) => path === '/types' && body.type === 'exec.approval_requested')
  assert.deepEqual(types('/types').toSorted(), ['exec.approval_requested', 'exec.rejected'])
  for (const path of ['/elsewhere', '/risk', '/off']) assert.deepEqual(types(path), [], path)
  for (const { id } of webhooks) await client.call('webhooks.delete', { params: { id } })
})

test('arguments too large for a delivery are left out of it and named', async (t) => {
  const receiver = await startReceiver(t)
  const { id } = await create(receiver.url, ['exec.completed'])
  await run({ text: 'x'.repeat(limits.deliveryBytes) })
  const { body, text } = await receiver.next()
  assert.deepEqual([body.data.args, body.data.left_out.includes('args')], [null, true])
  assert.ok(Buffer.byteLength(text) <= limits.deliveryBytes)
  await client.call('webhooks.delete', { params: { id } })
})

test('bad webhooks are refused by the field that is wrong', async () => {
  const bad: [body: object, param: string][] = [
    [{ url: 'ftp://example.com', events: ['*'] }, 'url'],
    [{ url: 'https://user:word@example.com', events: ['*'] }, 'url'],
    [{ url: 'https://example.com/#x', events: ['*'] }, 'url'],
    [{ url: 'nowhere', events: ['*'] }, 'url'],
    [{ url: 'https://example.com', events: ['exec.finished'] }, 'events.0'],
    [{ url: 'https://example.com', events: [] }, 'events'],
    [{ url: 'https://example.com', events: ['*'], workspaces: ['nowhere'] }, 'workspace'],
  ]
  for (const [body, param] of bad) {
    await assert.rejects(client.call('webhooks.create', { body: body as never }), (error: { param?: string }) => {
      assert.equal(error.param, param, JSON.stringify(body))
      return true
    })
  }
})

test('a test is sent at once, tried once, and refused after ten within an hour', async (t) => {
  const receiver = await startReceiver(t)
  receiver.answer = (response) => void response.writeHead(500).end()
  const { id } = await create(receiver.url, ['agent.deleted'])
  for (let tests = 0; tests < limits.testDeliveriesPerHour; tests++) {
    const delivery = await client.call('webhooks.test', { params: { id } })
    const { state, attempts, last_status, last_error } = delivery
    assert.deepEqual([state, attempts, last_status, last_error], ['exhausted', 1, 500, 'it answered 500'])
  }
  await assert.rejects(client.call('webhooks.test', { params: { id } }), { code: 'rate_limit_exceeded' })
  assert.equal(receiver.received.length, limits.testDeliveriesPerHour)
  assert.equal((await client.call('webhooks.show', { params: { id } })).last_error, 'it answered 500')
  clock.shift(3_600_001)
  receiver.answer = (response) => void response.writeHead(200).end()
  assert.equal((await client.call('webhooks.test', { params: { id } })).state, 'delivered')
  assert.equal((await client.call('webhooks.show', { params: { id } })).last_error, null)
  await client.call('webhooks.delete', { params: { id } })
})

test('a redirect is a failure and is not followed', async (t) => {
  const receiver = await startReceiver(t)
  receiver.answer = (response) => void response.writeHead(307, { location: `${receiver.url}/inside` }).end()
  const { id } = await create(receiver.url, ['agent.deleted'])
  const { state, last_error } = await client.call('webhooks.test', { params: { id } })
  assert.deepEqual([state, last_error], ['exhausted', 'it answered 307, a redirect'])
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/'],
  )
  await client.call('webhooks.delete', { params: { id } })
})
