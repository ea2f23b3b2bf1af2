import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { ApprovalEvent } from '@xerotier/protocol/api/approvals.ts'
import type { StreamedEvent } from '@xerotier/protocol/api/streamed-event.ts'
import { eventLine } from '../follow/event-line.ts'
import { approval, askedNothing, execution, plan, streamed } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'

async function printed(t: TestContext, answer: unknown, words: string, options: RunOptions = {}) {
  const server = await scriptedServer((_, response) => json(response, 200, answer))
  t.after(() => server.close())
  return (await xeroctl(t, words.split(' '), { ...options, env: { ...envFor(server), ...options.env } })).stdout
}

const at = '2026-05-01T11:57:00.000Z'
const eventOf = {
  ...{ kind: 'approval.voted', at, actor: 'router', actor_name: null, actor_key: null, door: null },
  ...{ stage: null, stage_name: null, vote: null },
} as const
const raised = { risk: 'irreversible', tool_risk: 'write' } as const

test('a line of the watch names the stage that its event is about', () => {
  const line = eventLine((text) => text)
  const about = (event: Partial<ApprovalEvent['event']> & Pick<StreamedEvent, 'kind'>) =>
    line({
      event: 'x_exec.approval.escalated',
      id: '1-1',
      data: {
        ...streamed(approval({ asked: { ...askedNothing.asked, stages: 3 } }), event),
        event: { ...eventOf, ...event },
      },
    })
  const named = { stage: 1, stage_name: 'bosses' }
  assert.match(
    about({ kind: 'approval.escalated', ...named }),
    / escalated \S+ \(destructive\) in local-host, stage 2 of 3: bosses, by router$/,
  )
  assert.match(
    about({ kind: 'approval.voted', ...named, vote: 'approve' }),
    / voted approve \S+ .*, stage 2 of 3: bosses, by/,
  )
  assert.match(
    about({ kind: 'approval.requested', stage: 0, stage_name: '' }),
    / pending \S+ .* in local-host, stage 1 of 3, asked by router: /,
  )
  assert.match(about({ kind: 'approval.approved', stage: null, stage_name: null }), / in local-host, by router$/)
})

test('the votes say with which key and through which door, and the reviewer has a name', async (t) => {
  const vote = {
    by: 'usr_2',
    by_name: 'ben',
    key: 'key_2',
    door: 'api',
    stage: 0,
    digest: 'd',
    note: 'fine',
    at,
  } as const
  const votes = [
    { ...vote, vote: 'approve', passkey: { id: 'psk_1', name: 'phone' } },
    { ...vote, by: 'usr_3', by_name: 'ann', key: null, door: 'link', note: null, passkey: null, vote: 'withdraw' },
  ] as const
  const reviewed = {
    reviewed_by: 'usr_4',
    reviewed_by_name: 'Dan',
    reviewed_at: at,
    review_due_at: at,
    review_note: 'right',
  }
  const record = approval({ votes: [...votes], ...reviewed })
  const shown = await printed(t, record, 'approvals show ap')
  assert.match(
    shown,
    /^ +approve +ben +1 +\S+ ago +fine +key_2 \(door: api\), confirmed with passkey phone\n +withdraw +ann +1 +\S+ ago +- +door: link$/m,
  )
  assert.match(shown, /^Reviewed by: +Dan \(usr_4\)\nReviewed: +2026-05-01T11:57:00\.000Z \(3m ago\)\nFound: +right$/m)
})

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

test('the standing says of each decision whether whoever asks may make it, and why not', async (t) => {
  const approve = { code: 'self_approval', message: 'Requesters cannot approve their own calls.' }
  const standing = { object: 'standing', approval_id: 'ap', approve, reject: null }
  assert.equal(
    await printed(t, standing, 'approvals standing ap'),
    'Approval:  ap\nApprove:   not you: Requesters cannot approve their own calls. (self_approval)\nReject:    you may\n',
  )
})
