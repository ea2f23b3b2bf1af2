// The guide to webhooks, as written. Its receiver checks signatures with the code of the guide.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { startReceiver } from '@xerotier/router/domain/notifications/receiver.fixture.ts'
import { clone, path, walkGuide } from './walk.ts'

test('webhooks: create, verify, test, find what was not delivered, rotate', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const text = readFileSync(join(clone, 'docs/guides/webhooks.md'), 'utf8')
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? []
  const module = join(home, 'verify.mjs')
  writeFileSync(module, `${code}\nexport { isGenuine }\n`)
  const { isGenuine } = await import(pathToFileURL(module).href)

  const system = await startRouterForTests({ settings: { privateTargets: true } })
  t.after(() => system.stop())
  const receiver = await startReceiver(t)
  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.apiKey,
  }
  const walk = walkGuide('webhooks.md', { workstation: { cwd: home, env } })
  t.after(() => walk.stop())
  const secretOf = () => readFileSync(join(home, 'webhook-secret'), 'utf8').trim()

  Object.assign(walk.values, { url: `${receiver.url}/in` })
  const created = await walk.run()
  const [, id = ''] = /^Id: (wh_[0-9a-f]{24})$/m.exec(created.stderr) ?? []
  walk.values['webhook-id'] = id
  assert.match((await walk.run()).stdout, new RegExp(`^${id}.*/in .*exec\\.\\*,agent\\.offline`, 'm'))
  const first = secretOf()
  assert.match(first, /^whsec_/)

  const tested = await walk.run()
  assert.match(tested.stdout, /State: +delivered/)
  const request = await receiver.next()
  assert.equal(isGenuine(first, request.headers, request.text), true)
  assert.equal(isGenuine(first, request.headers, `${request.text} `), false)
  assert.equal(isGenuine('whsec_other', request.headers, request.text), false)
  const old = { ...request.headers, 'x-webhook-timestamp': '1700000000' }
  assert.equal(isGenuine(first, old, request.text), false)

  receiver.answer = (response) => void response.writeHead(503).end()
  const failed = await system.client.call('webhooks.test', { params: { id } })
  walk.values['delivery-id'] = failed.id
  assert.match((await walk.run()).stdout, new RegExp(`${failed.id}.*exhausted.*it answered 503`))
  receiver.answer = (response) => void response.writeHead(204).end()
  receiver.received.length = 0
  assert.match((await walk.run()).stdout, /State: +pending/)
  assert.equal((await receiver.next()).body.type, 'webhook.test')

  await walk.run()
  assert.notEqual(secretOf(), first)
  await system.client.call('webhooks.test', { params: { id } })
  const signed = await receiver.next()
  for (const secret of [first, secretOf()]) assert.equal(isGenuine(secret, signed.headers, signed.text), true)
  await walk.end()
})
