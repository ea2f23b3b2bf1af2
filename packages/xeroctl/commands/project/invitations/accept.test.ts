import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import * as records from '../../../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../../../run.fixture.ts'

const token = `xinv_${'t'.repeat(43)}`
const accepted = {
  object: 'acceptance',
  project_id: 'proj_1',
  project: 'demo',
  member: records.member,
  api_key: { ...records.apiKey, key: 'xero_demo_the-first-key' },
}

async function accept(t: Parameters<typeof xeroctl>[0], words: string[], options: RunOptions) {
  const server = await scriptedServer((_, response) => json(response, 201, accepted))
  t.after(() => server.close())
  const argv = ['project', 'invitations', 'accept', ...words]
  const { XEROTIER_BASE_URL = '' } = envFor(server)
  // Whoever is new has no key yet.
  return { ...(await xeroctl(t, argv, { env: { XEROTIER_BASE_URL }, ...options })), seen: server.seen }
}

test('an invitation is accepted without a key, and the first key stands alone on stdout', async (t) => {
  const { code, stdout, stderr, seen } = await accept(t, ['--name', 'Anna Ek', '--token-stdin'], {
    stdin: `${token}\n`,
  })
  assert.equal(code, 0, stderr)
  assert.deepEqual(
    [seen[0]?.method, seen[0]?.path, seen[0]?.body],
    ['POST', '/v1/invitations/accept', { token, name: 'Anna Ek' }],
  )
  assert.equal(seen[0]?.headers.authorization, undefined)
  assert.equal(stdout, 'xero_demo_the-first-key\n')
  assert.match(stderr, /Project: demo\n.*\n.*config add demo --base-url \S+\/v1 --api-key-stdin --use/s)
  assert.ok(!stderr.includes('the-first-key') && !stderr.includes(token))
})

test('on a terminal the token is asked for, and does not show', async (t) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  let said = ''
  stderr.on('data', (chunk) => {
    // What is typed before somebody reads is lost.
    if (!said.includes('Token: ')) setImmediate(() => stdin.write(`${token}\n`))
    said += chunk
  })
  const { code, seen } = await accept(t, ['--name', 'Anna'], { surroundings: { stdin, stderr } })
  assert.deepEqual([code, seen[0]?.body], [0, { token, name: 'Anna' }])
  assert.ok(!said.includes(token))
})

test('where nobody can be asked for the token, nothing is sent', async (t) => {
  const { code, stderr, seen } = await accept(t, ['--name', 'Anna'], {})
  assert.deepEqual([code, seen.length], [2, 0])
  assert.match(stderr, /--token-stdin/)
})
