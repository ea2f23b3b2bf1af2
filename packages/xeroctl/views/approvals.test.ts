import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { approval, askedNothing, execution, plan } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'

async function printed(t: TestContext, answer: unknown, words: string, options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, answer))
  t.after(() => server.close())
  return (await xeroctl(t, words.split(' '), { ...options, env: { ...envFor(server), ...options.env } })).stdout
}

const raised = { risk: 'irreversible', tool_risk: 'write' } as const

test('where a long value is cut, its title says where all of it is', async (t) => {
  const long = { data: 'x'.repeat(6_000), more: ['y'.repeat(3_000)], short: 'z' }
  const title =
    /^Arguments \(2 long values are cut: -o json has all\):\n {2}\{\n {4}"data": "x+ … 4000 of 6000 characters/m
  for (const words of ['approvals show ap', 'exec show exe_1'])
    assert.match(
      await printed(t, words.startsWith('exec') ? execution({ args: long }) : approval({ args: long }), words),
      title,
    )
  assert.match(await printed(t, approval(), 'approvals show ap'), /^Arguments:$/m)
  const { args } = JSON.parse(await printed(t, approval({ args: long }), 'approvals show ap -o json'))
  assert.deepEqual(args, long)
})

test('a risk that a rule has raised is shown with that of the tool, in text and in JSON', async (t) => {
  const asked = { ...askedNothing, ...raised, state: 'pending', id: 'ap' } as const
  const undecided = { decided_by: null, decided_by_name: null, decided_key: null, decided_door: null } as const
  const approvals = [{ ...asked, ...undecided, decided_at: null, note: null }]
  const record = execution({ risk: 'write', effective_risk: 'irreversible', approvals })
  const both = /^Risk: +irreversible \(the tool itself: write\)$/m
  assert.match(await printed(t, record, 'exec show exe_1'), both)
  const { risk, effective_risk, approvals: shown } = JSON.parse(await printed(t, record, 'exec show exe_1 -o json'))
  assert.deepEqual(
    [risk, effective_risk, shown[0].risk, shown[0].tool_risk],
    ['write', ...Array(2).fill('irreversible'), 'write'],
  )
  assert.match(await printed(t, approval(raised), 'approvals show ap'), both)
  const planned = { ...plan, risk: 'write', approval: { ...plan.approval, risk: 'irreversible' } }
  assert.match(await printed(t, planned, 'exec invoke host_process_kill -w w --dry-run=server'), both)
  assert.match(
    await printed(t, execution({ effective_risk: 'destructive' }), 'exec show exe_1'),
    /^Risk: +destructive$/m,
  )
  // From a router older than these fields.
  const { effective_risk: _, ...older } = execution()
  assert.match(await printed(t, older, 'exec show exe_1'), /^Risk: +destructive$/m)
})
