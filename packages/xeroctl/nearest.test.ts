import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { agent } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const mistyped: [words: string, code: number, meant: string | undefined][] = [
  ['agents pause-exc X', 2, 'agents pause-exec'],
  ['agents pause-exc X --reason why', 2, 'agents pause-exec'],
  ['agents pause X', 2, 'agents pause-exec'],
  ['agents revoke X', 2, 'agents revoke-credentials'],
  ['agents join-key create --name n', 2, 'agents join-keys'],
  ['agents join-keys crate --name n --region eu', 2, 'agents join-keys create'],
  ['keys rotat K', 2, 'keys rotate'],
  ['agents lst', 4, 'agents list'],
  ['keys lsit', 2, 'keys list'],
  ['agents join-keys revok', 2, 'agents join-keys revoke'],
  ['agents nothing-like-it X', 2, undefined],
  ['agents nothing-like-it', 4, undefined],
  ['agents xem-1', 4, undefined],
]
for (const [words, expected, meant] of mistyped) {
  test(`xeroctl ${words} suggests ${meant ?? 'no verb'}`, async (t) => {
    const server = await scriptedServer((_, response) => refusal(response, 404, 'agent_not_found'))
    t.after(() => server.close())
    const { code, stderr } = await xeroctl(t, words.split(' '), { env: envFor(server) })
    assert.equal(code, expected, stderr)
    if (meant === undefined) assert.doesNotMatch(stderr, /Did you mean/)
    else assert.ok(stderr.endsWith(`hint: Did you mean \`xeroctl ${meant}\`?\n`), stderr)
  })
}

test('a name that nobody has is said to be no command either', async (t) => {
  const server = await scriptedServer((_, response) => refusal(response, 404, 'agent_not_found'))
  t.after(() => server.close())
  const { code, stderr } = await xeroctl(t, ['agents', 'nominees'], { env: envFor(server) })
  assert.equal(code, 4)
  assert.match(
    stderr,
    /\nhint: 'nominees' is no command either: `xeroctl agents` has list, show, .* What there is: `xeroctl agents`\.\n$/,
  )
})

test('an agent that is named like a verb is found', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, { ...agent, name: 'lst' }))
  t.after(() => server.close())
  const { stdout, stderr } = await xeroctl(t, ['agents', 'lst', '-o', 'name'], { env: envFor(server) })
  assert.deepEqual([stdout, stderr], ['lst\n', ''])
})
