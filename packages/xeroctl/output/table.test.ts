import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { agent, approval, execution, logEntry, page, tool } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'
import { widthOf } from './cell.ts'

async function printed(t: TestContext, answer: unknown, words: string[], options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, answer))
  t.after(() => server.close())
  return xeroctl(t, words, { ...options, env: { ...envFor(server), ...options.env } })
}

const narrow = { terminal: 80, env: { NO_COLOR: '1' } }
const uuid = '01a1feb6-df55-76fb-8bb9-93e50a75411e'

test('a table that is too wide loses its least important columns; names stay whole', async (t) => {
  const long = { ...agent, name: 'n'.repeat(48) }
  const { stdout } = await printed(t, page(long), ['agents'], narrow)
  assert.match(stdout, /^NAME +STATUS +RUNNING +HEARTBEAT\nn{48} {2}healthy +2\/20 {2}6s ago\n$/)
})

test('on 80 columns the lists of calls and approvals keep what names them, their risk and workspace', async (t) => {
  const names = { workspace: 'kubernetes-staging', tool: 'kubectl_delete', risk: 'irreversible' } as const
  const call = execution({ id: uuid, state: 'pending_approval', ...names, effective_risk: names.risk })
  assert.equal(
    (await printed(t, page(call), ['exec', 'list'], narrow)).stdout,
    'ID                  STATUS   TOOL            RISK          WORKSPACE\n' +
      '01a1feb6-df55-76fb  pending  kubectl_delete  irreversible  kubernetes-staging\n',
  )
  const waits = approval({ id: uuid, ...names })
  assert.equal(
    (await printed(t, page(waits), ['approvals', 'list'], narrow)).stdout,
    'ID                  RISK          TOOL            WORKSPACE           LEFT\n' +
      '01a1feb6-df55-76fb  irreversible  kubectl_delete  kubernetes-staging  12m\n',
  )
  const decided = await printed(
    t,
    page({ ...waits, state: 'rejected' }),
    ['approvals', 'list', '--status', 'all'],
    narrow,
  )
  assert.match(
    decided.stdout,
    /^ID +STATUS +RISK +TOOL +WORKSPACE\n01a1feb6-df55-76fb +rejected +irreversible +kubectl_delete +kubernetes-/,
  )
})

test('on 140 columns ids are whole and nothing is left out', async (t) => {
  const { stdout } = await printed(t, page(execution({ id: uuid })), ['exec', 'list'], { ...narrow, terminal: 140 })
  assert.match(stdout, /^ID +STATUS +TOOL +RISK +WORKSPACE +AGENT +DURATION +CREATED\n/)
  assert.ok(stdout.includes(uuid))
})

test('a name that is too long is cut in its middle, and no table is wider than the terminal for its sake', async (t) => {
  const names = { workspace: 'w'.repeat(40), tool: 'host_uptime', risk: 'destructive' } as const
  const { stdout } = await printed(t, page(approval({ id: uuid, ...names })), ['approvals', 'list'], narrow)
  assert.match(stdout, /^ID +RISK +TOOL +WORKSPACE +LEFT\n01a1feb6-df55-76fb +destructive +host_uptime +w+…w+ +12m\n$/)
  for (const line of stdout.trimEnd().split('\n')) assert.ok(widthOf(line) <= 80, line)
})

test('the columns that COLUMNS names stand for those of the terminal', async (t) => {
  const options = { terminal: 140, env: { NO_COLOR: '1', COLUMNS: '80' } }
  assert.match(
    (await printed(t, page(execution({ id: uuid })), ['exec', 'list'], options)).stdout,
    /^01a1feb6-df55-76fb /m,
  )
})

test('free text is cut when no other column is left to go, and no column goes for what is longer than readable', async (t) => {
  const long = { ...tool, description: 'word '.repeat(60) }
  const { stdout } = await printed(t, page(long), ['exec', 'tools'], narrow)
  assert.match(stdout, /\nhost_process_kill {2}destructive {2}(word ){9}wo?r?d?…\n$/)
  for (const line of stdout.trimEnd().split('\n')) assert.ok(widthOf(line) <= 80, line)
  const entry = logEntry('agent.online', { actor: 'key_1', data: { why: 'w'.repeat(300) } })
  const events = await printed(t, page(entry), ['agents', 'agt_1', '--events'], narrow)
  assert.match(events.stdout, /^AT +EVENT +BY +DETAIL\n\S+ +agent\.online +key_1 +\{"why":"w+…\n$/)
})

test('a wide table keeps every column that was asked for', async (t) => {
  const { stdout } = await printed(t, page(agent), ['agents', '-o', 'wide'], narrow)
  assert.match(stdout, /^ID .*ENROLLED/)
})
