import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, type Seen, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { approval } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

/** The approval that a path ends with. */
function records(path: string, approvals: Record<string, Partial<Approval>>): Approval {
  const id = path.split('/').at(-1) ?? ''
  return approval({ id, digest: `digest of ${id}`, ...approvals[id] })
}

/** What was written; undefined when nothing was. */
function sentBy({ seen }: { seen: readonly Seen[] }): unknown {
  return seen.find(({ method }) => method === 'POST')?.body
}

const server = async (
  t: TestContext,
  approvals: Record<string, Partial<Approval>>,
  fails: Record<string, string> = {},
) => {
  const scripted = await scriptedServer(({ method, path, body }, response) => {
    if (method === 'GET') return json(response, 200, records(path, approvals))
    const { approvals: items } = body as { approvals: { id: string }[] }
    const results = items.map(({ id }) => {
      const code = fails[id]
      return code === undefined
        ? { id, approval: records(id, { [id]: { state: 'approved' } }), error: null }
        : { id, approval: null, error: { code, message: `It is ${code}.` } }
    })
    json(response, 200, { object: 'approval_decisions', decided: 1, failed: 1, results })
  })
  t.after(() => scripted.close())
  return scripted
}

const ids = ['a1', 'a2', 'a3']
const alike = { a1: { args: { pid: 1 } }, a2: { args: { pid: 2 } }, a3: { args: { note: 'a\u202eb' } } }

test('several approvals are decided by what was shown of each', async (t) => {
  const scripted = await server(t, alike)
  const words = ['approvals', 'approve', ...ids, '--note', 'one wave', '--yes']
  const { code, stdout, stderr } = await xeroctl(t, words, { env: envFor(scripted) })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /a1 {2}local-host {2}\{"pid":1\}\na2 .*\na3 .*a\\u202eb/)
  assert.match(stdout, /^ID +STATUS +TOOL +WORKSPACE +WHY\na1 +approved/)
  assert.deepEqual(sentBy(scripted), {
    decision: 'approve',
    note: 'one wave',
    approvals: ids.map((id) => ({ id, digest: `digest of ${id}` })),
  })
})

test('one that could not be decided is told of, and ends xeroctl as its refusal would have', async (t) => {
  const scripted = await server(t, alike, { a2: 'approval_already_decided' })
  const { code, stdout } = await xeroctl(t, ['approvals', 'reject', ...ids, '-y'], { env: envFor(scripted) })
  assert.equal(code, 5)
  assert.match(stdout, /a2 +not decided .*It is approval_already_decided\.\na3 +approved/)
})

test('what is not alike, or cannot be undone, is not sent', async (t) => {
  const cases: [Record<string, Partial<Approval>>, RegExp][] = [
    [{ ...alike, a2: { tool: 'other' } }, /a2 is other \(destructive\), and a1 is/],
    [{ ...alike, a3: { risk: 'write' } }, /a3 is .* \(write\)/],
    [{ a1: { risk: 'irreversible' }, a2: { risk: 'irreversible' }, a3: { risk: 'irreversible' } }, /one by one/],
  ]
  for (const [approvals, said] of cases) {
    const scripted = await server(t, approvals)
    const { code, stderr } = await xeroctl(t, ['approvals', 'approve', ...ids, '-y'], { env: envFor(scripted) })
    assert.deepEqual([code, sentBy(scripted)], [2, undefined])
    assert.match(stderr, said)
  }
})

test('where nobody can answer, --yes is wanted, and --confirm goes with one alone', async (t) => {
  const scripted = await server(t, alike)
  const run = (...words: string[]) => xeroctl(t, ['approvals', 'approve', ...ids, ...words], { env: envFor(scripted) })
  assert.match((await run()).stderr, /Approve these 3 of host_process_kill\? Nobody can answer here: add --yes/)
  assert.match((await run('--confirm', 'x', '-y')).stderr, /--confirm goes with one approval/)
  assert.match((await run('', '-y')).stderr, /<approval> is empty/)
  assert.equal(sentBy(scripted), undefined)
})
