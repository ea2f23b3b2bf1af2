import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { systemSurroundings } from '@xerotier/client/surroundings.ts'
import * as records from '../records.fixture.ts'
import { emptyFolder, envFor } from '../run.fixture.ts'
import type { Surroundings } from '../surroundings.ts'
import { printOffers } from './live.ts'

interface Asked {
  home?: string
  now?: number
  env?: Record<string, string>
  surroundings?: Partial<Surroundings>
  refresh?: () => void
}

/** What `xeroctl __offers …` prints. */
async function offered(t: TestContext, words: string, { home, now = 0, env = {}, surroundings, refresh }: Asked) {
  let stdout = ''
  const folder = home ?? emptyFolder(t)
  const around = {
    ...systemSurroundings,
    argv: ['__offers', ...words.split(' ')],
    env,
    cwd: folder,
    home: folder,
    uid: process.getuid?.(),
    stdout: {
      write(text: string | Uint8Array) {
        stdout += text
        return true
      },
      once() {},
    },
    now: () => now,
    // A slow machine is no slow router.
    after: (_: number, callback: () => void) => systemSurroundings.after(30_000, callback),
    ...surroundings,
  }
  await printOffers(around as unknown as Surroundings, refresh ?? (() => assert.fail('nothing is to be refreshed')))
  return stdout
}

const pages: [kind: string, path: RegExp, record: object, line: string][] = [
  ['workspaces', /^\/workspaces\?/, records.workspace, 'local-host\thost'],
  ['tools', /^\/exec\/tools\?/, records.tool, 'host_process_kill\tdestructive: Kill a process'],
  ['agents', /^\/management\/agents\?/, records.agent, 'xem-jumphost-01\thealthy, eu-west'],
  [
    'approvals',
    /^\/exec\/approvals\?/,
    records.approval(),
    `${records.approval().id}\thost_process_kill (destructive) in local-host`,
  ],
  [
    'executions',
    /^\/exec\/executions\?limit=20$/,
    records.execution(),
    'exe_1\thost_process_kill in local-host, completed',
  ],
  [
    'unfinished',
    /status=pending_approval%2Cqueued%2Cdispatched%2Crunning/,
    records.execution(),
    'exe_1\thost_process_kill in local-host, completed',
  ],
  ['doubtful', /status=ambiguous/, records.execution(), 'exe_1\thost_process_kill in local-host, completed'],
  ['keys', /^\/management\/api-keys\?/, records.apiKey, 'key_1\tci'],
  ['join-keys', /^\/management\/join-keys\?/, records.joinKey, 'jk_1\txem-2, unused'],
]
for (const [kind, path, record, line] of pages) {
  test(`Tab offers ${kind} of the router, with what each is`, async (t) => {
    const server = await scriptedServer((_, response) => json(response, 200, records.page(record)))
    t.after(() => server.close())
    assert.equal(await offered(t, kind, { env: envFor(server) }), `${line}\n`)
    assert.match(server.seen[0]?.path ?? '', path)
  })
}

test('the options of the line say which router and key are asked', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, records.page(records.agent)))
  t.after(() => server.close())
  const home = emptyFolder(t)
  const line = `agents --base-url ${server.baseUrl} --api-key=xero_demo_other`
  assert.match(await offered(t, line, { home, env: { XEROTIER_API_KEY: 'xero_demo_1' } }), /^xem-jumphost-01\t/)
  assert.equal(server.seen[0]?.headers.authorization, 'Bearer xero_demo_other')
})

test('several Tabs in a row ask once; ten seconds later it is asked again', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, records.page(records.agent)))
  t.after(() => server.close())
  const home = emptyFolder(t)
  const tab = (now: number, env = envFor(server)) => offered(t, 'agents', { home, now, env })
  assert.equal(await tab(0), await tab(9_999))
  assert.equal(server.seen.length, 1)
  await tab(10_001)
  assert.equal(server.seen.length, 2)
  // Another key may see other things.
  await tab(10_002, { ...envFor(server), XEROTIER_API_KEY: 'xero_demo_other' })
  assert.equal(server.seen.length, 3)
  const folder = join(home, '.cache/xeroctl')
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
})

test('a router that is too slow is asked behind the scenes, and what was known is offered meanwhile', async (t) => {
  let slow = false
  const server = await scriptedServer((_, response) => {
    if (!slow) json(response, 200, records.page(records.agent))
  })
  t.after(() => server.close())
  const home = emptyFolder(t)
  const env = envFor(server)
  const known = await offered(t, 'agents', { home, env })
  slow = true
  let refreshed = 0
  // The wait of a request is over at once.
  const surroundings = { after: (_: number, callback: () => void) => systemSurroundings.after(0, callback) }
  const asked = { home, env, now: 60_000, surroundings, refresh: () => void refreshed++ }
  assert.equal(await offered(t, 'agents', asked), known)
  assert.equal(refreshed, 1)
  assert.equal(await offered(t, 'tools', asked), '')
  // The one behind the scenes starts no other.
  await offered(t, 'tools', { ...asked, env: { ...env, XEROCTL_OFFERS_WAIT_MS: '1' }, refresh: () => assert.fail() })
})

test('nothing that goes wrong is an error, and nothing is offered then', async (t) => {
  const refusing = await scriptedServer((_, response) => refusal(response, 403, 'scope_insufficient'))
  t.after(() => refusing.close())
  const env = envFor(refusing)
  const refresh = () => {}
  for (const [words, given] of [
    ['agents', {}],
    ['agents', { XEROTIER_BASE_URL: 'nonsense', XEROTIER_API_KEY: 'k' }],
    ['agents', { XEROTIER_BASE_URL: 'http://127.0.0.1:1/demo/v1', XEROTIER_API_KEY: 'k' }],
    ['agents', { ...env, XDG_CACHE_HOME: '/proc/nothing' }],
    ['toString', env],
    ['nothing-like-it', env],
  ] as const)
    assert.equal(await offered(t, words, { env: given, refresh }), '', words)
  const home = emptyFolder(t)
  const server = await scriptedServer((_, response) => json(response, 200, records.page(records.agent)))
  t.after(() => server.close())
  await offered(t, 'agents', { home, env: envFor(server) })
  const folder = join(home, '.cache/xeroctl')
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"at": 0, "offers": [1]}')
  assert.match(await offered(t, 'agents', { home, env: envFor(server) }), /^xem-jumphost-01\t/)
})
