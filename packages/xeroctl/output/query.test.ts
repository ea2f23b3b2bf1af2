import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, openEvents, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { agent, approval, page, streamed } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'

const agents = page(agent, { ...agent, name: 'two' })

async function ran(t: TestContext, answer: unknown, words: string[], options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, answer))
  t.after(() => server.close())
  return { ...(await xeroctl(t, words, { env: envFor(server), ...options })), seen: server.seen }
}

const outputs: [words: string[], stdout: string][] = [
  [['agents', '-o', 'jsonpath={.data[*].name}'], 'xem-jumphost-01 two'],
  [['agents', '-o', 'jsonpath={range .data[*]}{.name}{"\\n"}{end}'], 'xem-jumphost-01\ntwo\n'],
  [['agents', '--output=jsonpath={.data[0].in_flight}'], '2'],
  [['agents', '--jq', '.data[].name'], 'xem-jumphost-01\ntwo\n'],
  [
    ['agents', '--jq', '.data | map({name, in_flight})', '-o', 'json'],
    '[{"name":"xem-jumphost-01","in_flight":2},{"name":"two","in_flight":2}]\n',
  ],
  [['agents', '-o', 'ndjson', '--jq', '.name'], 'xem-jumphost-01\ntwo\n'],
  [['agents', '--jq', 'def n: .name; .data[] | n # all of them'], 'xem-jumphost-01\ntwo\n'],
  [['agents', '--jq', '-1'], '-1\n'],
  [['agents', '--jq', 'empty'], ''],
]
for (const [words, stdout] of outputs) {
  test(`xeroctl ${words.join(' ')} prints what was picked out`, async (t) => {
    const ended = await ran(t, agents, words)
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, stdout, ''])
  })
}

const refused: [words: string[], message: RegExp][] = [
  [['agents', '--jq', 'foo'], /^error: --jq: foo\/0 is not defined\n$/],
  [['agents', '--jq', '.['], /^error: --jq: syntax error/],
  [['agents', '-o', 'yaml', '--jq', '.'], /^error: --jq works on JSON, not on -o yaml\n$/],
  [['agents', '-o', 'jsonpath={.a}', '--jq', '.'], /^error: --jq and -o jsonpath exclude each other\n$/],
  [['agents', '-o', 'jsonpath={.a'], /^error: -o jsonpath: /],
  [['agents', 'delete', 'a', '--yes', '--jq', 'foo'], /foo\/0 is not defined/],
]
for (const [words, message] of refused) {
  test(`xeroctl ${words.join(' ')} is refused before anything is sent`, async (t) => {
    const { code, stderr, seen } = await ran(t, agents, words)
    assert.match(stderr, message)
    assert.deepEqual([code, seen.length], [2, 0])
  })
}

test('a filter that does not fit the answer says so', async (t) => {
  const { code, stderr } = await ran(t, agents, ['agents', '--jq', '.data | .name'])
  assert.deepEqual([code, stderr], [2, 'error: --jq: Cannot index array with string "name"\n'])
})

test('of a list that goes on it is said, as its end is not in what is picked out', async (t) => {
  const cut = { ...agents, has_more: true, last_id: 'agt_2' }
  const { stderr } = await ran(t, cut, ['agents', '--limit', '2', '--jq', '.data[].name'])
  assert.equal(stderr, 'there is more: add --after agt_2, or raise --limit\n')
})

test('what is picked out cannot steer a terminal, and ends its line there', async (t) => {
  const evil = page({ ...agent, description: 'a\u001b]0;owned\u0007' })
  for (const words of [
    ['--jq', '.data[].description'],
    ['-o', 'jsonpath={.data[*].description}'],
  ]) {
    const { stdout } = await ran(t, evil, ['agents', ...words], { terminal: 80 })
    assert.equal(stdout, 'a\uFFFD]0;owned\uFFFD\n')
  }
})

test('each event of a stream is picked from', async (t) => {
  const server = await scriptedServer((_, response) => {
    openEvents(response)
    const asked = { kind: 'approval.requested', actor: 'key_1' } as const
    sendEvent(response, '1-1', 'x_exec.approval.requested', streamed(approval(), asked))
  })
  t.after(() => server.close())
  let interrupt = () => {}
  const words = ['approvals', 'watch', '--jq', '.data.tool']
  const { stdout } = await xeroctl(t, words, {
    env: envFor(server),
    onOutput: () => interrupt(),
    onListening: (handler) => (interrupt = handler),
  })
  assert.equal(stdout, 'host_process_kill\n')
})
