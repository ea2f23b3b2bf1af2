import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { opsEventNames } from '@xerotier/protocol/ops-events.ts'

let system: RouterForTests
let browser: BrowserSession
let serving: ServingAgent

before(async () => {
  system = await startRouterForTests()
  const { token } = await system.client.call('loginLinks.create')
  browser = browserSession(system.router.url)
  await browser.loginByLink(token)
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

/** Everything that one connection tells, one after the other; it ends with undefined. */
async function stream(lastEventId?: string) {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const answer = await browser.send('GET', '/ops/stream', undefined, headers)
  assert.equal(answer.status, 200)
  const reader = answer.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next = async () => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) return undefined
      text += decoder.decode(value, { stream: true })
    }
    const end = text.indexOf('\n\n')
    const fields = new Map(
      text
        .slice(0, end)
        .split('\n')
        .map((line): [string, string] => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
    )
    text = text.slice(end + 2)
    const event = fields.get('event') ?? ''
    assert.ok(
      opsEventNames.some((name) => name === event),
      event,
    )
    const data = JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>
    return { event, id: fields.get('id'), data }
  }
  return {
    next,
    async until(name: string) {
      for (;;) {
        const event = await next()
        assert.ok(event !== undefined, `${name}: the stream ended`)
        if (event.event === name) return event
      }
    },
    cancel: () => reader.cancel(),
  }
}

test('the stream tells of agents, calls and approvals in the documented names, and resumes', async () => {
  const live = await stream()
  const connected = await live.next()
  assert.deepEqual([connected?.event, connected?.data], ['ox.connection.connected', {}])
  serving = await servingAgent(system.client, 'worker', 'ws', [toolOf('look'), toolOf('stop', { risk: 'destructive' })])
  assert.equal((await live.until('ox.discovery.found')).data.name, 'worker')
  assert.equal((await live.until('ox.agent.online')).data.id, serving.agentId)
  assert.equal((await live.until('ox.manifest.updated')).data.agent_id, serving.agentId)

  const submit = (tool: string) =>
    system.client.call('invocations.submit', { body: { workspace: 'ws', tool, args: {} } })
  const call = await submit('look')
  await serving.answer(await serving.agent.next('dispatch'))
  const started = await live.until('ox.execution.started')
  assert.equal(started.data.id, call.id)
  assert.equal((await live.until('ox.execution.completed')).data.state, 'completed')

  const asked = await submit('stop')
  const requested = await live.until('ox.approval.requested')
  assert.deepEqual([requested.data.id, requested.data.tool], [asked.approval_id, 'stop'])
  await system.client.call('approvals.reject', { params: { id: asked.approval_id! }, body: {} })
  assert.deepEqual((await live.until('ox.approval.decided')).data, { id: asked.approval_id })
  const failed = await live.until('ox.execution.failed')
  assert.deepEqual([failed.data.state, (failed.data.error as { code: string }).code], ['rejected', 'rejected'])
  await live.cancel()

  const again = await stream(started.id)
  assert.equal((await again.next())?.event, 'ox.connection.connected')
  assert.equal((await again.next())?.event, 'ox.execution.completed', 'it goes on behind what was seen')
  await again.cancel()
})

test('the stream ends at once with its session', async () => {
  const { token } = await system.client.call('loginLinks.create')
  await browser.loginByLink(token)
  const live = await stream()
  await live.next()
  assert.equal((await browser.send('POST', '/ops/api/logout', {})).status, 200)
  assert.equal(await live.next(), undefined)
  assert.equal((await browser.send('GET', '/ops/stream')).status, 401)
})

test('the stream ends at once when its person has another role, and when they are no member any more', async () => {
  const { core } = system.router
  const person = await personForTests(core, system.projectId, 'anna', { role: 'owner', scopes: ['management'] })
  const { token } = await system.clientWith(person.key).call('loginLinks.create')
  await browser.loginByLink(token)
  const asOwner = await stream()
  await asOwner.next()
  await system.client.call('members.update', { params: { id: person.id }, body: { role: 'member' } })
  assert.equal(await asOwner.next(), undefined)
  const again = await stream()
  assert.equal((await again.next())?.event, 'ox.connection.connected', 'it is open to what they may now')
  await system.client.call('members.remove', { params: { id: person.id } })
  assert.equal(await again.next(), undefined)
  assert.equal((await browser.send('GET', '/ops/stream')).status, 401)
})

test('another site opens no stream, and who may not see agents hears of none', async () => {
  const { token } = await system.client.call('loginLinks.create')
  await browser.loginByLink(token)
  const refused = await browser.send('GET', '/ops/stream', undefined, { 'sec-fetch-site': 'cross-site' })
  assert.equal(refused.status, 403)
  const made = await system.client.call('apiKeys.create', {
    body: { name: 'narrow', scopes: ['execution'], user: 'owner@localhost' },
  })
  const narrow = await system.clientWith(made.key).call('loginLinks.create')
  await browser.loginByLink(narrow.token)
  const live = await stream()
  await live.next()
  await system.client.call('joinKeys.create', { body: { name: 'other', region: 'eu' } })
  const other = await servingAgent(system.client, 'other', 'ws', [toolOf('look')])
  await system.client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args: {} } })
  assert.equal((await live.next())?.event, 'ox.approval.requested')
  await live.cancel()
  other.agent.close()
})
