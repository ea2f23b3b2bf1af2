import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { ErrorCode } from '@xerotier/protocol/errors.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

async function invoked(t: TestContext, code: ErrorCode, message: string, words: string[] = []) {
  const server = await scriptedServer(({ method }, response) =>
    method === 'GET' ? refusal(response, 404, 'exec_tool_not_found') : refusal(response, 400, code, { message }),
  )
  t.after(() => server.close())
  const invoke = ['exec', 'invoke', '--workspace', 'w', '--tool', 'host_uptime', '--arg', 'a=1', ...words]
  return { ...(await xeroctl(t, invoke, { env: envFor(server) })), seen: server.seen }
}

test('--arg for a tool that nobody offers says why, as a call without it does', async (t) => {
  const { code, stderr, seen } = await invoked(
    t,
    'exec_tool_not_found',
    'Of those bound to the workspace w, a2 is offline.',
  )
  assert.equal(code, 4)
  assert.match(stderr, /^error: Of those bound to the workspace w, a2 is offline\. \(exec_tool_not_found, /)
  // What is asked with can never run, whoever comes online meanwhile: no record holds a NUL character.
  const asked = seen.filter(({ method }) => method === 'POST').map(({ body }) => (body as { args: object }).args)
  assert.deepEqual(asked, [{ '\0': '\0' }])
})

test('an answer that does not say why leaves the first one', async (t) => {
  const { code, stderr } = await invoked(t, 'invalid_arguments', 'args holds a NUL character.')
  assert.equal(code, 4)
  assert.match(stderr, /^error: said exec_tool_not_found/)
})

test('under --dry-run nothing is asked', async (t) => {
  const { seen } = await invoked(t, 'exec_tool_not_found', 'a2 is offline', ['--dry-run'])
  assert.deepEqual(
    seen.map(({ method }) => method),
    ['GET'],
  )
})
