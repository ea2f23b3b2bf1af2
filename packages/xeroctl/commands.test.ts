import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import {
  json,
  openEvents,
  refusal,
  type Seen,
  scriptedServer,
  sendEvent,
} from '@xerotier/client/scripted-server.fixture.ts'
import { approvalSends } from './approval-sends.fixture.ts'
import { auditRecordOf, auditSends, exportRecord } from './audit-sends.fixture.ts'
import { type Sent, sendsOfPeople } from './commands/project/people.fixture.ts'
import { commands } from './commands.ts'
import { notificationSends } from './notification-sends.fixture.ts'
import { agentRecordOf, candidate, grantKeys, legalHold, pause, pausePlan, pauseSends } from './pause-sends.fixture.ts'
import { policyRecordOf, policySends } from './policy-sends.fixture.ts'
import * as records from './records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from './run.fixture.ts'

/** Answers any request with a fitting record. */
function fitting({ method, path }: Seen): unknown {
  const [resource, id] = path
    .split('?')[0]!
    .replace(/^\/(management|exec)/, '')
    .slice(1)
    .split('/')
  const record = {
    agents: agentRecordOf(method, path, id),
    'join-keys': records.joinKey,
    'api-keys': records.apiKey,
    workspaces: records.workspace,
    pauses: path.endsWith('/plan') ? pausePlan : pause,
    candidates: candidate,
    'grant-keys': grantKeys,
    'legal-holds': legalHold,
    project: records.project,
    ...{ whoami: records.whoami, 'login-links': records.loginLink },
    ...{ members: records.member, sessions: records.memberSession },
    groups: records.group,
    delegations: records.delegation,
    invitations: records.invitation,
    tools: records.tool,
    executions: records.execution(),
    invocations: path.endsWith('/plan') ? records.plan : records.execution(),
    approvals: records.approval(path.endsWith('/approve') ? { state: 'approved' } : {}),
    'approval-links': records.approvalLink,
    exports: exportRecord,
    webhooks: path.includes('/deliveries') || path.endsWith('/test') ? records.delivery : records.webhook,
    notifications: id === 'channels' && !path.endsWith('/test') ? records.channel : records.delivery,
  }[resource!]
  if (resource === 'project' || resource === 'whoami' || resource === 'grant-keys') return record
  if (path.endsWith('/standing')) return { object: 'standing', approval_id: id, approve: null, reject: null }
  if (path.startsWith('/audit/')) return auditRecordOf(path)
  if (path.startsWith('/approvals/policies')) return policyRecordOf(method, path)
  if (path.includes('/events')) return records.page(records.logEntry('agent.online'))
  if (method === 'GET' && /\/(?:deliveries|channels)(?:\?|$)/.test(path)) return records.page(record)
  return method === 'GET' && id === undefined ? records.page(record) : record
}

async function ran(t: TestContext, words: string, options: RunOptions = {}) {
  const server = await scriptedServer((request, response) => json(response, 200, fitting(request)))
  t.after(() => server.close())
  const ended = await xeroctl(t, split(words), { env: envFor(server), ...options })
  return { ...ended, seen: server.seen }
}

function split(words: string): string[] {
  return [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)
}

const sends: Sent[] = [
  ['agents', 'GET /management/agents?limit=100'],
  ['agents list --state active --limit 5', 'GET /management/agents?state=active&limit=5'],
  ['agents --status offline,paused', 'GET /management/agents?status=offline%2Cpaused&limit=100'],
  ['agents --workspace local-host --after agt_1', 'GET /management/agents?workspace=local-host&limit=100&after=agt_1'],
  ['agents xem-jumphost-01', 'GET /management/agents/xem-jumphost-01'],
  ['agents show xem-jumphost-01', 'GET /management/agents/xem-jumphost-01'],
  ['agents agt_1 --events --limit 3', 'GET /management/agents/agt_1/events?limit=3'],
  ['agents events agt_1', 'GET /management/agents/agt_1/events?limit=20'],
  ['agents agt_1 --delete --yes', 'DELETE /management/agents/agt_1'],
  ['agents delete agt_1 -y', 'DELETE /management/agents/agt_1'],
  ['agents accept-risk agt_1 --tool t', 'POST /management/agents/agt_1/accept-risk', { tool: 't' }],
  ['agents resume-exec agt_1 --workspace w', 'POST /management/agents/agt_1/resume-exec', { workspace: 'w' }],
  ['agents revoke-credentials agt_1 --yes', 'POST /management/agents/agt_1/revoke-credentials'],
  ['agents join-keys', 'GET /management/join-keys?limit=20'],
  [
    'agents join-keys --create --name n --region eu --router-addr tcp://r:5555',
    'POST /management/join-keys',
    { name: 'n', region: 'eu', router_addr: 'tcp://r:5555' },
  ],
  [
    'agents join-keys create --name n --region eu --role xim --expires-in-hours 0.5',
    'POST /management/join-keys',
    { name: 'n', region: 'eu', role: 'xim', expires_in_hours: 0.5 },
  ],
  ['agents join-keys jk_1 --revoke', 'DELETE /management/join-keys/jk_1'],
  ['agents join-keys jk_1', 'GET /management/join-keys/jk_1'],
  ['workspaces list', 'GET /workspaces?limit=100'],
  ['workspaces show w', 'GET /workspaces/w'],
  ['workspaces delete w --yes', 'DELETE /workspaces/w'],
  ['keys workspaces key_1 -w a,b', 'PUT /management/api-keys/key_1/workspaces', { workspaces: ['a', 'b'] }],
  ['keys workspaces key_1 --clear', 'PUT /management/api-keys/key_1/workspaces', null],
  [
    'keys create --name ci --scope execution -w a',
    'POST /management/api-keys',
    { name: 'ci', scopes: ['execution'], workspaces: ['a'] },
  ],
  ...sendsOfPeople,
  ['workspaces create w --type host', 'POST /workspaces', { name: 'w', type: 'host' }],
  ['workspaces bind w --agent a', 'POST /workspaces/w/bindings', { agent: 'a' }],
  [
    'workspaces bind w --agent a --credentials-ref c.yaml',
    'POST /workspaces/w/bindings',
    { agent: 'a', credentials_ref: 'c.yaml' },
  ],
  ['workspaces unbind w --agent a', 'DELETE /workspaces/w/bindings/a'],
  ['exec tools --workspace w --risk read,write', 'GET /exec/tools?workspace=w&risk=read%2Cwrite&limit=100'],
  ['exec tool-show host_uptime', 'GET /exec/tools/host_uptime'],
  [
    `exec invoke --workspace w --tool t --args '{"a":1}' --reason why --timeout 1.5 --no-wait`,
    'POST /exec/invocations',
    { workspace: 'w', tool: 't', args: { a: 1 }, reason: 'why', timeout_ms: 1500 },
  ],
  ['exec invoke t -w w --no-wait', 'POST /exec/invocations', { workspace: 'w', tool: 't', args: {} }],
  [
    'exec list --status failed --status timeout,ambiguous',
    'GET /exec/executions?status=failed%2Ctimeout%2Cambiguous&limit=20',
  ],
  ['exec list --status all', 'GET /exec/executions?limit=20'],
  ['exec list --since 2h', 'GET /exec/executions?since=2026-05-01T10%3A00%3A00.000Z&limit=20'],
  ['exec list --requester anna@example.org', 'GET /exec/executions?requester=anna%40example.org&limit=20'],
  ['exec invoke t -w w --dry-run=server', 'POST /exec/invocations/plan', { workspace: 'w', tool: 't', args: {} }],
  ['exec show exe_1', 'GET /exec/executions/exe_1'],
  ['exec raw exe_1 --stream stderr', 'GET /exec/executions/exe_1/raw?stream=stderr'],
  ['exec raw exe_1 --artifact cart_1', 'GET /exec/executions/exe_1/artifacts/cart_1'],
  ['exec retry exe_1 --reason why --no-wait', 'POST /exec/executions/exe_1/retry', { args: {}, reason: 'why' }],
  ['exec cancel exe_1', 'POST /exec/invocations/exe_1/cancel'],
  [
    'exec resolve exe_1 --outcome failed --note seen',
    'POST /exec/executions/exe_1/resolve',
    { outcome: 'failed', note: 'seen' },
  ],
  ...approvalSends,
  ...policySends,
  ['project', 'GET /management/project'],
  ['agents update a --description d', 'PATCH /management/agents/a', { description: 'd' }],
  ['agents update a --clear', 'PATCH /management/agents/a', { description: null }],
  ...notificationSends,
  ...auditSends,
  ...pauseSends,
  ['keys', 'GET /management/api-keys?limit=20'],
  ['keys key_1', 'GET /management/api-keys/key_1'],
  [
    'keys create --name ci --scope execution --scope inference',
    'POST /management/api-keys',
    { name: 'ci', scopes: ['execution', 'inference'] },
  ],
  [
    'keys --create --name ci --scopes execution,inference',
    'POST /management/api-keys',
    { name: 'ci', scopes: ['execution', 'inference'] },
  ],
  ['keys key_1 --delete --yes', 'DELETE /management/api-keys/key_1'],
  ['keys key_1 --rotate', 'POST /management/api-keys/key_1/rotate'],
  [
    'keys key_1 --ip-filter --allow 10.0.0.0/8,::1 --block 10.1.1.1',
    'PUT /management/api-keys/key_1/ip-filter',
    { allow: ['10.0.0.0/8', '::1'], block: ['10.1.1.1'] },
  ],
  ['keys ip-filter key_1 --clear', 'PUT /management/api-keys/key_1/ip-filter', null],
  [
    'keys key_1 --quota --quota-requests 60 --quota-window 10',
    'PUT /management/api-keys/key_1/quota',
    { requests: 60, window_seconds: 10 },
  ],
]
for (const [words, request, body] of sends) {
  test(`xeroctl ${words} sends ${request}`, async (t) => {
    const { code, seen, stderr } = await ran(t, words)
    assert.equal(code, 0, stderr)
    assert.equal(`${seen.at(-1)?.method} ${seen.at(-1)?.path}`, request)
    assert.deepEqual(seen.at(-1)?.body, body)
  })
}

test('global options work before and after the command', async (t) => {
  for (const words of ['-o name agents', 'agents -o name', 'agents list -o name']) {
    assert.equal((await ran(t, words)).stdout, 'xem-jumphost-01\n')
  }
})

test('a created join key stands alone on stdout, so that a script can keep it', async (t) => {
  const { stdout, stderr } = await ran(t, 'agents join-keys --create --name n --region eu')
  assert.equal(stdout, 'xjk_the.secret.value\n')
  assert.doesNotMatch(stderr, /xjk_/)
})

test('a created API key is in the field `key` under -o json', async (t) => {
  assert.equal(
    JSON.parse((await ran(t, 'keys create --name ci --scope execution -o json')).stdout).key,
    'xero_demo_the-secret-value',
  )
})

test('every submit carries an idempotency key', async (t) => {
  const { seen } = await ran(t, 'exec invoke --workspace w --tool t --no-wait')
  assert.equal(seen[0]?.headers['idempotency-key'], '00000000-0000-4000-8000-000000000001')
  assert.equal(
    (await ran(t, 'exec invoke --workspace w --tool t --no-wait --idempotency-key mine')).seen[0]?.headers[
      'idempotency-key'
    ],
    'mine',
  )
})

test('--dry-run prints what a write would send, the key masked, and sends nothing', async (t) => {
  const { code, seen, stdout } = await ran(t, 'agents agt_1 --delete --dry-run')
  assert.deepEqual([code, seen.length], [0, 0])
  assert.match(stdout, /DELETE http:\/\/127\.0\.0\.1:\d+\/demo\/v1\/management\/agents\/agt_1/)
  assert.match(stdout, /Bearer xero_demo_\*{4}/)
  assert.doesNotMatch(stdout, /0123456789/)
})

test('--dry-run -o json is one JSON value with the body', async (t) => {
  const { stdout } = await ran(t, 'approvals approve ap --note fine --dry-run -o json')
  const plan = JSON.parse(stdout)
  assert.deepEqual([plan.dry_run, plan.method, plan.body], [true, 'POST', { note: 'fine' }])
})

test('no command of the table is without a write that --dry-run holds back', async (t) => {
  for (const [words, request] of sends) {
    if (request.startsWith('GET') || request.endsWith('/plan')) continue
    if (/policies\/(test|backtest)$/.test(request)) continue
    const { seen } = await ran(t, `${words} --dry-run`)
    // A policy is tried by the router, which is told to change nothing.
    const changing = seen.filter(
      ({ method, path, body }) =>
        method !== 'GET' && !/"dry_run":true|dry_run=true|\/plan"/.test(JSON.stringify([path, body])),
    )
    assert.equal(changing.length, 0, words)
  }
})

/** Approves at a terminal where somebody types `typed`. */
async function approveTyping(t: TestContext, typed: string, approval = records.approval(), words = '') {
  const server = await scriptedServer(({ method, body }, response) => {
    if (method === 'GET') return json(response, 200, approval)
    if (approval.confirm === null || (body as { confirm?: string }).confirm === approval.confirm)
      return json(response, 200, { ...approval, state: 'approved' })
    refusal(response, 400, 'confirmation_required', { message: 'type it' })
  })
  t.after(() => server.close())
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  let said = ''
  stderr.on('data', (chunk) => {
    said += chunk
    if (said.includes('to approve it: ') && !stdin.writableEnded) stdin.end(`${typed}\n`)
  })
  const ended = await xeroctl(t, split(`approvals approve ap ${words}`), {
    env: envFor(server),
    surroundings: { stdin, stderr },
  })
  return { ...ended, said, sent: server.seen.map(({ method, body }) => [method, body]) }
}

const irreversible = records.approval({
  risk: 'irreversible',
  confirm: 'host_wipe',
  tool: 'host_wipe',
  prompt: 'Run host_wipe (irreversible) with {"pid":4711}',
  reason: 'INC-7',
})

test('on a terminal an irreversible call is approved by typing the name of its tool', async (t) => {
  const { code, said, sent } = await approveTyping(t, 'host_wipe', irreversible, '--note fine')
  assert.equal(code, 0, said)
  for (const fact of ['host_wipe', 'local-host', '{"pid":4711}', 'ci (key_1), 3m ago', 'INC-7', 'in 12m'])
    assert.equal(said.split('It is irreversible')[0]?.split(fact).length, 2, `${fact} once`)
  assert.deepEqual(sent.at(-1), ['POST', { note: 'fine', confirm: 'host_wipe' }])
})

test('another name, or none, ends as it does without a terminal', async (t) => {
  for (const typed of ['host_uptime', '']) {
    const { code, said } = await approveTyping(t, typed, irreversible)
    assert.equal(code, 2)
    assert.match(said, /error: type it \(confirmation_required, /)
  }
})

test('nothing is asked where nothing is to be typed, or it was given', async (t) => {
  assert.doesNotMatch((await approveTyping(t, '')).said, /Type the name/)
  assert.deepEqual((await approveTyping(t, '', irreversible, '--confirm host_wipe')).sent, [
    ['POST', { confirm: 'host_wipe' }],
  ])
  assert.deepEqual((await approveTyping(t, '', irreversible, '--dry-run')).sent, [])
})

test('--limit beyond a page reads as many pages as it takes', async (t) => {
  const server = await scriptedServer((request, response) => {
    const after = Number(new URL(request.path, 'http://x').searchParams.get('after') ?? 0)
    const limit = Number(new URL(request.path, 'http://x').searchParams.get('limit'))
    const data = Array.from({ length: limit }, (_, index) => ({ ...records.agent, name: `a${after + index}` }))
    json(response, 200, { object: 'list', data, has_more: true, last_id: String(after + limit) })
  })
  t.after(() => server.close())
  const { stdout } = await xeroctl(t, ['agents', '--limit', '250', '-o', 'name'], { env: envFor(server) })
  const names = stdout.trimEnd().split('\n')
  assert.deepEqual([names.length, names.at(-1), server.seen.length], [250, 'a249', 3])
})

test('approvals watch prints one event a line as it happens, and one JSON object a line under -o json', async (t) => {
  const decidedAt = '2026-05-01T12:00:00.000Z'
  const server = await scriptedServer((_, response) => {
    openEvents(response)
    sendEvent(response, undefined, 'x_exec.connection.connected', {})
    // Both are told after the decision, so both bring the approved record.
    const approval = records.approval({ state: 'approved', decided_by: 'key_2', decided_at: decidedAt })
    const asked = { kind: 'approval.requested', actor: 'key_1', actor_name: 'ci' } as const
    sendEvent(response, '1-1', 'x_exec.approval.requested', records.streamed(approval, asked))
    const decided = { kind: 'approval.approved', at: decidedAt, actor: 'key_2' } as const
    sendEvent(response, '1-2', 'x_exec.approval.decided', records.streamed(approval, decided))
  })
  t.after(() => server.close())
  const watch = async (format: string) => {
    let interrupt = () => {}
    let seen = ''
    const onOutput = (_: string, text: string) => {
      seen += text
      if (seen.includes('approval.decided')) interrupt()
    }
    const words = ['approvals', 'watch', '--workspace', 'w', '-o', format]
    return xeroctl(t, words, { env: envFor(server), onOutput, onListening: (handler) => (interrupt = handler) })
  }
  const table = await watch('table')
  assert.deepEqual([table.code, table.stdout.trimEnd().split('\n').length], [0, 2])
  assert.match(
    table.stdout,
    /^2026-05-01T11:57:00\.000Z +approval\.requested +5f9c\S+ pending host_process_kill \(destructive\) in local-host, asked by ci/m,
  )
  assert.match(table.stdout, /^2026-05-01T12:00:00\.000Z +approval\.decided +5f9c\S+ approved .*, by key_2$/m)
  const lines = (await watch('json')).stdout.trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ event, data }) => [event, data.state, data.event.at]),
    [
      ['x_exec.approval.requested', 'approved', '2026-05-01T11:57:00.000Z'],
      ['x_exec.approval.decided', 'approved', decidedAt],
    ],
  )
  assert.equal(server.seen[0]?.path, '/exec/approvals/stream?workspace=w')
})

test('exec watch --all says of each event when it happened and who did it, not how the call is now', async (t) => {
  const server = await scriptedServer((_, response) => {
    openEvents(response)
    const tell = (name: string, event: Parameters<typeof records.streamed>[1]) =>
      sendEvent(response, undefined, `x_exec.execution.${name}`, records.streamed(records.execution(), event))
    tell('running', { kind: 'execution.running', at: '2026-05-01T11:58:00.000Z', actor: 'agt_1', actor_name: 'xem-1' })
    tell('cancel_requested', { kind: 'execution.cancel_requested', at: '2026-05-01T11:59:00.000Z', actor: 'key_2' })
  })
  t.after(() => server.close())
  const watch = async (...options: string[]) => {
    let interrupt = () => {}
    const onOutput = (_: string, text: string) => text.includes('cancel_requested') && interrupt()
    const words = ['exec', 'watch', '--all', ...options]
    return xeroctl(t, words, { env: envFor(server), onOutput, onListening: (handler) => (interrupt = handler) })
  }
  assert.match(
    (await watch()).stdout,
    /^2026-05-01T11:58:00\.000Z +execution\.running +exe_1 .*, by xem-1\n2026-05-01T11:59:00\.000Z +execution\.cancel_requested +exe_1 .*, by key_2\n/,
  )
  const [first] = (await watch('-o', 'ndjson')).stdout.split('\n')
  const { state, event } = JSON.parse(first!).data
  assert.deepEqual([state, event.kind, event.at], ['completed', 'execution.running', '2026-05-01T11:58:00.000Z'])
})

test('every command says in one line what it does', () => {
  const walk = (members: typeof commands): void => {
    for (const member of members) {
      assert.match(member.summary, /^[A-Z].{5,110}[^.]$/, member.name)
      if (member.kind === 'group') walk(member.members)
    }
  }
  walk(commands)
})
