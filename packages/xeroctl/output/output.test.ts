import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { duration, milliseconds } from '@xerotier/protocol/duration.ts'
import { parse as parseYaml } from 'yaml'
import {
  agent,
  agentDetail,
  approval,
  askedNothing,
  execution,
  logEntry,
  page,
  plan,
  workspace,
} from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'
import { shorten, widthOf } from './cell.ts'
import { instant, relativeTime } from './time.ts'

async function printed(t: TestContext, answer: unknown, words: string[], options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, answer))
  t.after(() => server.close())
  return xeroctl(t, words, { ...options, env: { ...envFor(server), ...options.env } })
}

test('the table of agents shows health, and how long ago each was heard of', async (t) => {
  const { stdout } = await printed(t, page(agent), ['agents'])
  assert.equal(
    stdout,
    'ID           NAME             STATUS   REGION   TOOLS  RUNNING  HEARTBEAT\n' +
      'agt_fleet01  xem-jumphost-01  healthy  eu-west      1     2/20  6s ago\n',
  )
})

test('the list marks an agent whose clock is off by a minute or more', async (t) => {
  for (const [clock_offset_ms, status] of [
    [null, 'healthy'],
    [59_999, 'healthy'],
    [60_000, 'healthy, clock 1m ahead'],
    [-5_415_000, 'healthy, clock 1h 30m behind'],
  ] as const) {
    const { stdout } = await printed(t, page({ ...agent, clock_offset_ms }), ['agents'])
    assert.ok(stdout.includes(`  ${status}  eu-west`), stdout)
  }
  const off = { ...agent, health: 'offline', clock_offset_ms: 90_000 }
  assert.match((await printed(t, page(off), ['agents'])).stdout, / offline, clock 1m 30s ahead /)
})

test('the list marks an agent that gets no session, and its page says why', async (t) => {
  const refused = {
    ...agent,
    health: 'offline',
    unhealthy_reason: 'The router speaks versions 2 to 3: upgrade the agent.',
  }
  assert.match((await printed(t, page(refused), ['agents'])).stdout, / {2}offline, refused {2}/)
  const { stdout } = await printed(t, { ...agentDetail, ...refused }, ['agents', agent.name])
  assert.match(stdout, /^No session: +The router speaks versions 2 to 3: upgrade the agent\.$/m)
  assert.match(stdout, /^Wire: +version 3$/m)
})

test('a paused agent shows in the list and on its page, wholly or in its workspaces', async (t) => {
  const pause = (workspace: string | null) => ({
    workspace_id: workspace === null ? null : `ws_${workspace}`,
    workspace,
    reason: null,
    paused_by: 'key_1',
    paused_by_name: 'ci',
    paused_at: agent.enrolled_at,
  })
  const staging = pause('kubernetes-staging')
  for (const [change, status] of [
    [{ health: 'paused', paused: [pause(null), staging] }, 'healthy, paused'],
    [{ paused: [staging] }, 'healthy, paused in kubernetes-staging'],
    [{ health: 'offline', paused: [pause(null)] }, 'offline, paused'],
    [{ paused: ['a', 'b', 'c'].map(pause) }, 'healthy, paused in 3 workspaces'],
  ] as const) {
    assert.ok((await printed(t, page({ ...agent, ...change }), ['agents'])).stdout.includes(`  ${status}  eu-west`))
    const { stdout } = await printed(t, { ...agentDetail, ...change }, ['agents', agent.name])
    assert.match(stdout, new RegExp(`^Status: +${status}$`, 'm'))
    assert.match(stdout, / ci +- +- +-$/m)
  }
  const coloured = await printed(t, page({ ...agent, paused: [staging] }), ['agents'], { terminal: 120 })
  assert.match(coloured.stdout, /\u001b\[33mhealthy, paused in/)
})

test('the page of a workspace says which of its agents are paused, how far, by whom and why', async (t) => {
  const pause = { paused_by: 'key_1', paused_by_name: 'ci', paused_at: agent.enrolled_at }
  const here = { ...pause, workspace_id: workspace.id, workspace: workspace.name, reason: 'stale credentials' }
  const wholly = { ...pause, workspace_id: null, workspace: null, reason: 'INC-7' }
  const bound = workspace.agents[0]!
  const agents = [
    { ...bound, agent: 'xem-1', health: 'paused', paused: [here] },
    { ...bound, agent: 'xem-2', health: 'offline', paused: [wholly] },
    { ...bound, agent: 'xem-3' },
  ]
  const { stdout } = await printed(t, { ...workspace, agents }, ['workspaces', 'show', workspace.name])
  for (const words of [
    / xem-1 +healthy, paused in local-host +-/,
    / xem-2 +offline, paused +-/,
    / xem-3 +healthy +-/,
    /^Paused:\n +WHAT/m,
    /^ +agent xem-1 +local-host +\S+ ago +ci +- +- +stale credentials$/m,
    /^ +agent xem-2 +all +\S+ ago +ci +- +- +INC-7$/m,
  ]) {
    assert.match(stdout, words)
  }
  assert.doesNotMatch((await printed(t, workspace, ['workspaces', 'show', workspace.name])).stdout, /Paused:/)
})

test('wide tables have more columns and absolute times', async (t) => {
  const { stdout } = await printed(t, page(agent), ['agents', '-o', 'wide'])
  assert.match(stdout, /MANIFEST/)
  assert.match(stdout, /2026-05-01T11:59:54\.000Z/)
  assert.doesNotMatch(stdout, /ago/)
})

test('a list of approvals says where each would run and when it times out', async (t) => {
  const { stdout } = await printed(t, page(approval()), ['approvals', 'list'])
  assert.match(stdout, /^ID +STATUS +RISK +TOOL +WORKSPACE +CREATED +EXPIRES\n/)
})

test('only an approval that waits times out', async (t) => {
  const all = page(approval(), approval({ state: 'approved' }), approval({ state: 'expired' }))
  const { stdout } = await printed(t, all, ['approvals', 'list', '--status', 'all'])
  assert.match(stdout, / ago +in 12m\n.* ago +-\n.* ago +-\n$/)
  const pageOf = async (state: 'pending' | 'rejected') =>
    (await printed(t, approval({ state }), ['approvals', 'show', 'ap'])).stdout
  assert.match(await pageOf('pending'), /^Times out: +2026-05-01T12:12:00\.000Z \(in 12m\)$/m)
  assert.match(await pageOf('rejected'), /^Times out: +-$/m)
})

test('what is piped is not cut', async (t) => {
  const { stdout } = await printed(t, page({ ...agent, name: 'n'.repeat(300) }), ['agents'])
  assert.ok(stdout.includes('n'.repeat(300)))
})

test('colours appear on a terminal only, and not with NO_COLOR or --no-color', async (t) => {
  const coloured = async (words: string[], options: RunOptions) =>
    (await printed(t, page(agent), words, options)).stdout.includes('\u001b[')
  assert.equal(await coloured(['agents'], { terminal: 120 }), true)
  assert.equal(await coloured(['agents'], {}), false)
  assert.equal(await coloured(['agents', '--no-color'], { terminal: 120 }), false)
  assert.equal(await coloured(['--no-color', 'agents'], { terminal: 120 }), false)
  assert.equal(await coloured(['agents'], { terminal: 120, env: { NO_COLOR: '1' } }), false)
  assert.equal(await coloured(['agents', '-o', 'json'], { terminal: 120 }), false)
})

test('json is the page as the router sends it', async (t) => {
  const { stdout } = await printed(t, page(agent), ['agents', '-o', 'json'])
  assert.deepEqual(JSON.parse(stdout), page(agent))
})

test('yaml is the same value', async (t) => {
  const { stdout } = await printed(t, page(agent), ['agents', '-o', 'yaml'])
  assert.deepEqual(parseYaml(stdout), page(agent))
})

test('ndjson is one item a line', async (t) => {
  const { stdout } = await printed(t, page(agent, { ...agent, name: 'two' }), ['agents', '-o', 'ndjson'])
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).name),
    ['xem-jumphost-01', 'two'],
  )
})

test('an empty list says so on stderr, and prints nothing that a program would trip over', async (t) => {
  const { stdout, stderr } = await printed(t, page(), ['agents'])
  assert.deepEqual([stdout, stderr], ['', 'nothing found\n'])
})

test('when there is more, every format that does not hold it says so on stderr, with the option that goes on', async (t) => {
  const cut = { ...page(agent), has_more: true, last_id: 'agt_fleet01' }
  for (const format of ['table', 'wide', 'name', 'ndjson']) {
    const { stdout, stderr } = await printed(t, cut, ['agents', '--limit', '1', '-o', format])
    assert.equal(stderr, 'there is more: add --after agt_fleet01, or raise --limit\n', format)
    assert.doesNotMatch(stdout, /--after/)
    assert.equal((await printed(t, page(agent), ['agents', '-o', format])).stderr, '', format)
  }
  assert.equal((await printed(t, cut, ['agents', '-o', 'json'])).stderr, '')
})

test('the help of a list says how many it brings and how many at most; keys are named by id', async (t) => {
  const { stdout } = await xeroctl(t, ['keys', '--help'])
  assert.match(stdout, /--limit <n> +How many; default 20, at most 10000/)
  assert.match(stdout, /\n {2}\[key\] +Id; without it, the list\n/)
  const create = await xeroctl(t, ['keys', 'create', '--help'])
  assert.match(create.stdout.replace(/\s+/g, ' '), /--scopes <\S+> What it may do: [a-z, ]+ \(required\)/)
  assert.match((await xeroctl(t, ['agents', 'join-keys', '--help'])).stdout, /join-key\] +Id; without/)
  assert.match((await xeroctl(t, ['agents', '--help'])).stdout, /agent\] +Name or id; without/)
})

test('the page of an agent shows its tools, its heartbeat and the bundles that did not load', async (t) => {
  const { stdout } = await printed(t, agentDetail, ['agents', 'xem-jumphost-01'])
  assert.match(stdout, /^Last heartbeat: +2026-05-01T11:59:54\.000Z \(6s ago\)$/m)
  assert.match(stdout, /host_process_kill +destructive +host 1\.0\.0 +Kill a process/)
  assert.match(stdout, /broken +- +false +bundle\.yaml:3: no name/)
})

test('the page of an execution names transitions, approvals, output and artifacts', async (t) => {
  const artifacts = [
    {
      id: 'cart_12345678',
      object: 'artifact' as const,
      name: 'log',
      media_type: 'text/plain',
      bytes: 9,
      created_at: '2026-05-01T11:57:00.000Z',
    },
  ]
  const approvals = [
    {
      id: 'ap',
      state: 'approved' as const,
      decided_by: 'key_2',
      decided_by_name: null,
      decided_key: null,
      decided_door: null,
      decided_at: '2026-05-01T11:57:00.000Z',
      note: 'ok',
      ...askedNothing,
    },
  ]
  const record = execution({ stdout: 'hello\n', artifacts, approvals })
  const { stdout } = await printed(t, record, ['exec', 'show', 'exe_1'])
  for (const words of [
    /Transitions:\n +AT +STATUS/,
    /ap +approved +key_2/,
    /Output:\n {2}hello/,
    /cart_12345678 +log/,
  ]) {
    assert.match(stdout, words)
  }
})

test('who did what is shown by name, by its id where nobody has one, and both on the page of a record', async (t) => {
  const at = '2026-05-01T11:57:00.000Z'
  const by = { decided_by: 'key_2', decided_by_name: 'ben', decided_key: 'key_2', decided_door: 'api' } as const
  const decided = { ...by, decided_at: at, note: 'ok', ...askedNothing }
  const record = execution({
    approvals: [{ id: 'ap', state: 'approved', ...decided }],
    transitions: [
      { state: 'queued', at, actor: 'key_1', actor_name: 'ci', detail: {} },
      { state: 'running', at, actor: 'agt_fleet01', actor_name: 'xem-jumphost-01', detail: {} },
      { state: 'expired', at, actor: 'router', actor_name: null, detail: {} },
    ],
    cancel_requested: { at, by: 'key_2', by_name: 'ben' },
    resolution: { by: 'key_2', by_name: 'ben', note: 'looked', at },
  })
  const shown = (await printed(t, record, ['exec', 'show', 'exe_1'])).stdout
  for (const words of [
    /^Requested by: +ci \(key_1\)$/m,
    / queued +ci +-$/m,
    / running +xem-jumphost-01 +-$/m,
    / expired +router +-$/m,
    /ap +approved +ben +\S+ +ok +door: api +default, 0 votes$/m,
    /^Cancel asked: +2026-05-01T11:57:00\.000Z by ben \(key_2\)$/m,
    / by ben \(key_2\): looked$/m,
  ]) {
    assert.match(shown, words)
  }
  const both = JSON.parse((await printed(t, record, ['exec', 'show', 'exe_1', '-o', 'json'])).stdout)
  assert.deepEqual([both.requested_by, both.requested_by_name], ['key_1', 'ci'])
  assert.match((await printed(t, page(record), ['exec', 'list', '-o', 'wide'])).stdout, / ci +-$/m)

  const page1 = (await printed(t, approval(decided), ['approvals', 'show', 'ap'])).stdout
  assert.match(page1, /^Requested by: +ci \(key_1\)$/m)
  assert.match(page1, /^Decided by: +ben \(key_2\)$/m)
  const gone = approval({ requested_by_name: null })
  assert.match((await printed(t, gone, ['approvals', 'show', 'ap'])).stdout, /^Requested by: +key_1$/m)
  assert.match(
    (await printed(t, page(gone), ['approvals', 'list', '-o', 'wide'])).stdout,
    / key_1 +Run host_process_kill/,
  )

  const events = page(logEntry('agent.paused', { actor: 'key_1', actor_name: 'ci' }), logEntry('agent.offline'))
  const log = (await printed(t, events, ['agents', 'agt_1', '--events'])).stdout
  assert.match(log, /agent\.paused +ci /)
  assert.match(log, /agent\.offline +router /)
})

test('the page of a queued call says why it waits and until when; no other page does', async (t) => {
  const waiting = execution({
    state: 'queued',
    waiting_for: 'xem-1 is paused (INC-7), xem-2 is offline',
    queue_deadline: '2026-05-01T12:05:00.000Z',
  })
  const { stdout } = await printed(t, waiting, ['exec', 'show', 'exe_1'])
  assert.match(stdout, /^Waits for: +xem-1 is paused \(INC-7\), xem-2 is offline$/m)
  assert.match(stdout, /^Waits until: +2026-05-01T12:05:00\.000Z \(in 5m\)$/m)
  assert.doesNotMatch((await printed(t, execution(), ['exec', 'show', 'exe_1'])).stdout, /^Waits /m)
})

test('names and output of others cannot steer the terminal', async (t) => {
  const evil = execution({ workspace: 'w\u001b]0;owned\u0007', stdout: 'ok\u001b[2J\nnext\u009b1m', stdout_bytes: 9 })
  const { stdout } = await printed(t, evil, ['exec', 'show', 'exe_1'], { terminal: 100, env: { NO_COLOR: '1' } })
  assert.doesNotMatch(stdout, /[\u001b\u0007\u009b]/)
  assert.match(stdout, /ok\uFFFD\[2J\n {2}next/)
})

test('relative times read well', () => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  assert.equal(relativeTime('2026-05-01T11:55:30Z', now), '4m 30s ago')
  assert.equal(relativeTime('2026-05-01T12:15:00Z', now), 'in 15m')
  assert.equal(relativeTime('2026-05-01T12:00:00Z', now), 'now')
  assert.equal(duration(90_061), '1d 1h')
  assert.equal(milliseconds(850), '850 ms')
  assert.equal(milliseconds(61_000), '1m 1s')
})

test('--since takes ages and times', () => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  assert.equal(instant('30m', '--since', now), '2026-05-01T11:30:00.000Z')
  assert.equal(instant('2026-04-30', '--since', now), '2026-04-30T00:00:00.000Z')
  assert.equal(instant('2026-04-30T10:00:00+02:00', '--since', now), '2026-04-30T08:00:00.000Z')
  assert.throws(() => instant('30', '--since', now))
})

test('wide characters count double when a text is cut', () => {
  assert.equal(widthOf('日本'), 4)
  assert.equal(shorten('日本語', 5), '日本…')
  assert.equal(shorten('abc', 3), 'abc')
})

test('a plan says what would run, where, and who would decide', async (t) => {
  const { stdout } = await printed(t, plan, ['exec', 'invoke', plan.tool, '-w', plan.workspace, '--dry-run=server'])
  assert.match(stdout, /^Approval: +needed within 15m$/m)
  assert.match(stdout, /^Decided by: +any key but yours and those that it made, with the scope execution$/m)
  assert.match(stdout, /\n {2}xem-jumphost-01 +true +- +2\/20\n/)
})
