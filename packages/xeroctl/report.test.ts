import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { type ErrorCode, errorCodes, errors } from '@xerotier/protocol/errors.ts'
import { exitCodes } from './exit-codes.ts'
import { approval, execution } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

async function refused(t: TestContext, code: ErrorCode, words: string[] = []) {
  const { status } = errors[code]
  const server = await scriptedServer((_, response) =>
    refusal(response, status, code, { param: '/pid', retry_after: 600 }),
  )
  t.after(() => server.close())
  return xeroctl(t, ['approvals', 'approve', 'ap', ...words], { env: envFor(server) })
}

test('an error reads as sentence, code and request, and says what to do', async (t) => {
  const { stdout, stderr } = await refused(t, 'confirmation_required')
  assert.equal(stdout, '')
  const [error, hint] = stderr.split('\n')
  assert.equal(error, 'error: said confirmation_required (confirmation_required, at /pid, request req-1)')
  assert.match(hint ?? '', /^hint: .*--confirm <tool-name>/)
})

test('under -o json an error is one JSON line on stderr, and stdout stays empty', async (t) => {
  const { stdout, stderr } = await refused(t, 'self_approval', ['-o', 'json'])
  const { error } = JSON.parse(stderr)
  assert.deepEqual([stdout, error.code, error.status, error.request_id], ['', 'self_approval', 403, 'req-1'])
})

const exits: [ErrorCode, keyof typeof exitCodes][] = [
  ['invalid_arguments', 'usage'],
  ['authentication_error', 'refused'],
  ['scope_insufficient', 'refused'],
  ['approval_not_found', 'notFound'],
  ['approval_already_decided', 'conflict'],
  ['rate_limit_exceeded', 'unavailable'],
  ['backend_unavailable', 'unavailable'],
  ['internal_error', 'unexpected'],
]
for (const [code, name] of exits) {
  test(`${code} ends xeroctl with ${exitCodes[name].code}`, async (t) => {
    assert.equal((await refused(t, code)).code, exitCodes[name].code)
  })
}

test('a tool that nobody offers ends xeroctl with 4, as the target of a call and in the catalogue', async (t) => {
  for (const [status, words] of [
    [400, ['exec', 'invoke', '--workspace', 'w', '--tool', 'nope']],
    [404, ['exec', 'tool-show', 'nope']],
  ] as const) {
    const server = await scriptedServer((_, response) => refusal(response, status, 'exec_tool_not_found'))
    t.after(() => server.close())
    assert.equal((await xeroctl(t, words, { env: envFor(server) })).code, exitCodes.notFound.code)
  }
})

test('output that is cut in the middle ends xeroctl with 7', async (t) => {
  let sending: ServerResponse | undefined
  const server = await scriptedServer((_, response) => {
    sending = response
    response.writeHead(200).write('half')
  })
  t.after(() => server.close())
  const { code, stdout, stderr } = await xeroctl(t, ['exec', 'raw', 'exe_1'], {
    env: envFor(server),
    onOutput: (stream) => {
      if (stream === 'stdout') sending?.destroy()
    },
  })
  assert.deepEqual([code, stdout], [exitCodes.network.code, 'half'])
  assert.match(stderr, /^error: the connection to http:\S+ was cut\nhint: Try again, but after a write look first/)
})

test('an error whose code this version does not know ends by its HTTP status', async (t) => {
  const server = await scriptedServer((_, response) => refusal(response, 409, 'new_conflict' as ErrorCode))
  t.after(() => server.close())
  assert.equal((await xeroctl(t, ['agents', 'x'], { env: envFor(server) })).code, exitCodes.conflict.code)
})

test('an id of the other kind ends as not found, and the hint names the command that takes it', async (t) => {
  const server = await scriptedServer(({ path }, response) => {
    if (path === '/exec/executions/exe_1') json(response, 200, execution({ approval_id: 'ap_1' }))
    else if (path === '/exec/approvals/ap_1') json(response, 200, approval({ id: 'ap_1', execution_id: 'exe_1' }))
    else refusal(response, 404, path.includes('approvals') ? 'approval_not_found' : 'execution_not_found')
  })
  t.after(() => server.close())
  const hints: [words: string, hint: RegExp][] = [
    ['approvals show exe_1', /hint: This is an execution: `xeroctl exec show exe_1`\. .*`xeroctl approvals show ap_1`/],
    ['approvals approve exe_1', /hint: This is an execution/],
    ['approvals reject exe_1', /hint: This is an execution/],
    ['exec show ap_1', /hint: This is an approval: `xeroctl approvals show ap_1`\. .*`xeroctl exec show exe_1`/],
    ['exec watch ap_1', /hint: This is an approval/],
    ['exec raw ap_1', /hint: This is an approval/],
    ['exec raw ap_1 --artifact cart_1', /hint: This is an approval/],
    ['exec cancel ap_1', /hint: This is an approval/],
    ['exec resolve ap_1 --outcome failed --note seen', /hint: This is an approval/],
    ['approvals show none', /hint: Check its id.*: `xeroctl approvals list`/],
  ]
  for (const [words, hint] of hints) {
    const { code, stderr } = await xeroctl(t, words.split(' '), { env: envFor(server) })
    assert.deepEqual([code, hint.test(stderr)], [exitCodes.notFound.code, true], `${words}: ${stderr}`)
  }
})

test('every status of the catalogue has an exit code of its own kind', async (t) => {
  const statuses = new Map(errorCodes.map((code) => [errors[code].status, code]))
  for (const [status, code] of statuses) {
    const ended = await refused(t, code)
    if (status !== 500) assert.notEqual(ended.code, exitCodes.unexpected.code, `HTTP ${status}`)
  }
})

test('no two exit codes are the same', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code)
  assert.equal(new Set(codes).size, codes.length)
})

test('a router that is not there ends xeroctl with 7', async (t) => {
  const server = await scriptedServer(() => {})
  await server.close()
  const { code, stderr } = await xeroctl(t, ['approvals', 'approve', 'ap'], { env: envFor(server) })
  assert.equal(code, 7)
  assert.match(stderr, /connection refused.*\nhint: Check the address/)
})

test('control characters in what the router says do not reach the terminal', async (t) => {
  const server = await scriptedServer((_, response) =>
    refusal(response, 404, 'agent_not_found', { message: 'no \u001b[2Jsuch\u202e agent' }),
  )
  t.after(() => server.close())
  const { stderr } = await xeroctl(t, ['agents', 'x'], { env: envFor(server) })
  assert.ok(!stderr.includes('\u001b') && !stderr.includes('\u202e'), stderr)
})

test('the API key appears in no error', async (t) => {
  for (const format of ['table', 'json']) {
    assert.ok(!(await refused(t, 'authentication_error', ['-o', format])).stderr.includes('0123456789'))
  }
})

test('help exit-codes lists every code', async (t) => {
  const { stdout } = await xeroctl(t, ['help', 'exit-codes'])
  const said = stdout.replace(/\s+/g, ' ')
  for (const { code, meaning } of Object.values(exitCodes)) assert.ok(said.includes(`${code} ${meaning}`), meaning)
})

test('what a router says when it is asked again cannot steer the terminal', async (t) => {
  let attempts = 0
  const server = await scriptedServer((_, response) => {
    if (++attempts === 1) refusal(response, 503, 'backend_unavailable', { message: 'no\u001b[2J', retry_after: 0 })
    else json(response, 200, approval())
  })
  t.after(() => server.close())
  const { code, stderr } = await xeroctl(t, ['approvals', 'show', 'ap'], { env: envFor(server) })
  assert.equal(code, exitCodes.ok.code)
  assert.match(stderr, /^no\\u001b\[2J; trying again/)
})
