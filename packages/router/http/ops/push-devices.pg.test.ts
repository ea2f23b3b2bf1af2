// Devices that are told by Web Push, with a fake push service.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type PushServiceForTests, pushServiceForTests } from '@xerotier/devkit/push-service.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { NewPushDevice, PushDevice, PushDeviceList } from '@xerotier/protocol/api/push-devices.ts'
import { limits } from '@xerotier/protocol/limits.ts'

let clock: ShiftedClock
let system: RouterForTests
let serving: ServingAgent
let service: PushServiceForTests
let browser: BrowserSession

before(async () => {
  clock = shiftedClock()
  service = await pushServiceForTests()
  system = await startRouterForTests({ clock, settings: { privateTargets: true } })
  serving = await servingAgent(system.client, 'worker', 'ws', [toolOf('stop', { risk: 'destructive' })])
  await system.client.call('project.update', { body: { allow_self_approval: true } })
  browser = await loggedIn()
})
after(async () => {
  serving.agent.close()
  await system.stop()
  service.close()
})

async function loggedIn(client = system.client): Promise<BrowserSession> {
  const one = browserSession(system.router.url)
  await one.loginByLink((await client.call('loginLinks.create')).token)
  return one
}
async function ask<T>(by: BrowserSession, method: string, path = '', body?: unknown): Promise<T> {
  const answer = await by.send(method, `/ops/api/push${path}`, body)
  const data = (await answer.json()) as T & { error?: { code: string } }
  if (!answer.ok) throw new Error(data.error?.code)
  return data
}
const list = (by = browser) => ask<PushDeviceList>(by, 'GET')
const add = async (by = browser, name = 'phone', more: Partial<NewPushDevice> = {}) => {
  const device = { ...service.subscribe(name, (await list(by)).key), ...more }
  return { device, added: await ask<PushDevice>(by, 'POST', '', device) }
}
const submit = async (args: Record<string, unknown> = {}) =>
  (await system.client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args } })).approval_id ?? ''
const reject = (id: string) => system.client.call('approvals.reject', { params: { id }, body: {} })
const removeAll = async (by = browser) => {
  for (const { id } of (await list(by)).data) await ask(by, 'DELETE', `/${id}`)
}

test('a device is told who asks for what, by nothing that can be read on the way, and of no argument', async () => {
  const { added } = await add()
  assert.deepEqual([added.name, added.service], ['owner: phone', service.url])
  const id = await submit({ password: 'argument-7c1e' })
  const { note, headers, claims, key } = await service.next()
  assert.deepEqual(note, {
    title: 'Approval wanted: stop in ws (destructive)',
    asked_by: 'owner',
    until: note.until,
    tag: id,
    path: `approvals?id=${id}&project=demo`,
    quiet: false,
  })
  assert.ok(Date.parse(note.until ?? '') > clock.now())
  assert.equal(key, (await list()).key)
  assert.equal(claims.aud, service.url)
  assert.ok(claims.exp - clock.now() / 1000 < 24 * 3600)
  assert.match(claims.sub, /^(?:mailto:|https:)/)
  assert.deepEqual([headers['content-encoding'], headers.urgency], ['aes128gcm', 'high'])
  const left = (Date.parse(note.until ?? '') - clock.now()) / 1000
  assert.ok(Math.abs(Number(headers.ttl) - left) < 300)
  await reject(id)
  const ended = (await service.next()).note
  assert.deepEqual([ended.title, ended.tag, ended.asked_by], ['Rejected: stop in ws', id, null])
  const tested = await ask<{ state: string }>(browser, 'POST', `/${added.id}/test`)
  assert.equal(tested.state, 'delivered')
  assert.match((await service.next()).note.title, /test/i)
  await removeAll()
})

test('xeroctl and owners see a device among the channels, without where it takes messages', async () => {
  const { device, added } = await add()
  const { data } = await system.client.call('channels.list', {})
  const [channel] = data.filter(({ id }) => id === added.id)
  assert.deepEqual([channel?.kind, channel?.target, channel?.name], ['push', service.url, 'owner: phone'])
  assert.ok(!JSON.stringify(data).includes(new URL(device.endpoint).pathname))
  await system.client.call('channels.delete', { params: { id: added.id } })
  assert.deepEqual((await list()).data, [])
})

test('a device that its service knows no longer is removed; another failure is tried again', async () => {
  const { added } = await add()
  service.status = 503
  const before = service.asked
  const id = await submit()
  await until('a failure', async () => (await list()).data[0]?.last_error ?? undefined)
  service.status = 201
  clock.shift(60_000)
  assert.equal((await service.next()).note.tag, id)
  assert.ok(service.asked >= before + 2)
  service.status = 410
  await reject(id)
  await until('it is gone', async () => ((await list()).data.length === 0 ? true : undefined))
  service.status = 201
  const { data } = await system.client.call('deliveries.list', { query: { limit: 100 } })
  const [last] = data.filter(({ channel_id }) => channel_id === added.id)
  assert.deepEqual([last?.state, last?.last_status, last?.attempts], ['exhausted', 410, 1])
})

test('an endpoint is checked as the URL of a webhook is, and one key of the router is asked for', async () => {
  const refused = async (more: Partial<NewPushDevice>) => add(browser, 'x', more).catch(({ message }: Error) => message)
  assert.equal(await refused({ endpoint: 'ftp://push.example.com/x' }), 'invalid_body')
  assert.equal(await refused({ endpoint: 'https://user:pass@push.example.com/x' }), 'invalid_body')
  assert.equal(await refused({ keys: { p256dh: 'short', auth: 'short' } }), 'invalid_body')
  assert.equal(await refused({ key: Buffer.alloc(65, 4).toString('base64url') }), 'push_key_replaced')
  const strict = await startRouterForTests()
  try {
    const one = browserSession(strict.router.url)
    await one.loginByLink((await strict.client.call('loginLinks.create')).token)
    const { key } = await ask<PushDeviceList>(one, 'GET')
    for (const endpoint of [
      'http://push.example.com/x',
      'https://127.0.0.1/x',
      'https://localhost/x',
      'https://[::1]/x',
    ])
      await assert.rejects(ask(one, 'POST', '', { ...service.subscribe('x', key), endpoint }), /invalid_body/, endpoint)
  } finally {
    await strict.stop()
  }
})

test('nobody is told of what they could not decide, and who leaves is told nothing more', async () => {
  const ana = await personForTests(system.router.core, system.projectId, 'ana', { scopes: ['execution', 'management'] })
  const other = await loggedIn(system.clientWith(ana.key))
  await add(other, 'tablet')
  await add()
  const first = await submit()
  assert.equal((await service.next()).note.tag, first)
  await reject(first)
  assert.equal((await service.next()).note.tag, first)
  assert.equal(service.waiting(), 0, 'a member decides nothing by themselves')
  await system.client.call('members.update', { params: { id: ana.id }, body: { role: 'owner' } })
  const second = await submit()
  assert.deepEqual([(await service.next()).note.tag, (await service.next()).note.tag], [second, second])
  await system.client.call('members.remove', { params: { id: ana.id } })
  const { data } = await system.client.call('channels.list', {})
  assert.deepEqual(
    data.map(({ name }) => name),
    ['owner: phone'],
  )
  await reject(second)
  assert.equal((await service.next()).note.tag, second)
  await removeAll()
})

test('logging a browser out from another ends its notifications; a session that is over by itself does not', async () => {
  const lost = await loggedIn()
  const { device } = await add(lost)
  const again = await ask<PushDevice>(lost, 'POST', '', device)
  assert.equal((await list()).data.length, 1, 'the same browser is the same device')
  await browser.send('DELETE', `/ops/api/sessions/${(await lost.session()).id}`)
  assert.deepEqual((await list()).data, [])
  assert.ok(again.id)
  const thrown = await loggedIn()
  await add(thrown)
  await system.client.call('sessions.end', { params: { id: (await thrown.session()).id } })
  assert.deepEqual((await list()).data, [], 'an owner ends it, too')
  const idle = await loggedIn()
  await add(idle, 'bedside')
  clock.shift((limits.sessionIdleSeconds + 60) * 1000)
  browser = await loggedIn()
  const id = await submit()
  assert.equal((await service.next()).note.tag, id)
  await reject(id)
  await service.next()
  await removeAll()
})

test('a key of half a year makes room for another, and older devices go on with theirs', async () => {
  const { device } = await add()
  const before = (await list()).key
  const { pool } = system.router.core.store
  const past = new Date(clock.now() - limits.pushKeyDays * 24 * 3_600_000)
  await pool.query('update push_keys set created_at = $1', [past])
  const { key } = await list()
  assert.notEqual(key, before)
  const id = await submit()
  assert.equal((await service.next()).key, before)
  const { added } = await add(browser, 'newer')
  const count = async () => (await pool.query('select id from push_keys')).rows.length
  assert.equal(await count(), 2)
  const [old] = (await list()).data.filter((one) => one.id !== added.id)
  await ask(browser, 'DELETE', `/${old?.id}`)
  assert.equal(await count(), 1)
  assert.ok(device.endpoint)
  await reject(id)
  await removeAll()
})
