import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { spansOf } from '@xerotier/protocol/explain/waterfall.ts'
import { whyOf } from '@xerotier/protocol/explain/why.ts'
import { execution } from '../records.fixture.ts'
import { envFor, xeroctl } from '../run.fixture.ts'
import { differences } from './difference.ts'

const at = (ms: number) => new Date(Date.parse('2026-05-01T12:00:00Z') + ms).toISOString()
const move = (
  state: ExecutionDetail['state'],
  ms: number,
  more: Partial<ExecutionDetail['transitions'][number]> = {},
) => ({
  ...{ state, at: at(ms), actor: 'router', actor_name: null, detail: {} },
  ...more,
})
const attempt = {
  ...{ attempt: 1, agent_id: 'agt_1', agent: 'jump', agent_version: '1.2.3', outcome: 'failed' as const },
  ...{ dispatched_at: at(61_500), sent_at: at(61_504), started_at: at(61_600), ended_at: at(64_600) },
}

/** Asked for, approved by one of two stages, queued, run, failed. */
const record = execution({
  ...{ state: 'failed', agent: 'jump', agent_id: 'agt_1', exit_code: 3, reason: 'runaway job', created_at: at(0) },
  ...{
    started_at: at(61_600),
    finished_at: at(64_600),
    error: { code: 'execution_failed', message: 'no such process' },
  },
  transitions: [
    move('pending_approval', 0, { actor: 'usr_1', actor_name: 'anna' }),
    move('queued', 60_000),
    move('dispatched', 61_500),
    move('running', 61_650, { actor: 'agt_1', actor_name: 'jump' }),
    move('failed', 64_700, { actor: 'agt_1', actor_name: 'jump', detail: { exit_code: 3 } }),
  ],
  attempts: [attempt],
  approvals: [
    {
      ...{ id: 'apr_1', risk: 'irreversible', tool_risk: 'write' },
      ...{ state: 'approved', decided_by: 'usr_2', decided_by_name: 'ben', decided_key: null },
      ...{
        decided_door: 'api',
        decided_at: at(60_000),
        note: 'go on',
        policy_version: 3,
        needs: [],
        needed: 0,
        runs_at: null,
      },
      asked: {
        ...{ policy: 'prod', policy_id: 'pol_1', version: 3, rules: [{ name: 'kills', error: null }], closed: [] },
        ...{ stage: 0, stage_name: 'first', stages: 1, stage_ends_at: at(900_000), places: 1 },
        ...{ require_reason: false, require_passkey: false, on_timeout: 'expire', break_glass: false },
      },
      votes: [
        {
          vote: 'approve',
          by: 'usr_2',
          by_name: 'ben',
          key: null,
          passkey: null,
          door: 'api',
          stage: 0,
          digest: 'd',
          note: 'go on',
          at: at(60_000),
        },
      ],
    },
  ],
})

test('why says a sentence a step: why it was asked, who decided, which agent, and how it ended', () => {
  const sentences = whyOf(record).steps.map(({ sentence }) => sentence)
  const said = [
    /^ci asked for .* The reason given: runaway job$/,
    /^It had to be approved \(apr_1\): version 3 of the policy prod asks by the rule kills, which treats it as irreversible, in 1 stage\.$/,
    /^ben voted approve in stage 1, saying “go on”\.$/,
    /^The approval was approved by ben, saying “go on”\.$/,
    /^No agent could take it at once, so it was queued\. It waited 1\.5 s\.$/,
    /^It was given to jump \(version 1\.2\.3\), the least busy agent found/,
    /^jump started the tool\.$/,
    /^It failed with exit code 3\. no such process \(execution_failed\)$/,
  ]
  assert.equal(sentences.length, said.length, sentences.join('\n'))
  for (const [index, one] of said.entries()) assert.match(sentences[index] ?? '', one)
})

test('why of a call that nobody was asked about says so, and what a person said of one in doubt', () => {
  const resolution = { by: 'usr_1', by_name: 'anna', note: 'node is gone', at: at(9_000) }
  const { steps } = whyOf(
    execution({ state: 'completed', created_at: at(0), transitions: [move('ambiguous', 5_000)], resolution }),
  )
  assert.deepEqual(
    steps.slice(1).map(({ sentence }) => sentence),
    [
      'Nobody was asked: version 1 of the policy lets a call of this risk run.',
      'It became ambiguous: it may have run, and nobody knows. It is never run a second time by itself.',
      'anna said what became of it, saying “node is gone”.',
    ],
  )
})

test('a waterfall shows approval, queue, claim, dispatch, tool and result, each where it was', () => {
  const spans = spansOf(record, Date.parse(at(100_000)))
  assert.deepEqual(
    spans.map(({ name, where, offset_ms, ms }) => [name, where, offset_ms, ms]),
    [
      ['call', 'caller', 0, 64_700],
      ['approval', 'people', 0, 60_000],
      ['queue', 'router', 60_000, 1_500],
      ['claim', 'router', 61_500, 4],
      ['dispatch', 'router to jump', 61_504, 96],
      ['tool', 'jump', 61_600, 3_000],
      ['result', 'jump to router', 64_600, 100],
    ],
  )
})

test('a waterfall of a call that still runs says so far', () => {
  const running = execution({
    ...{
      state: 'running',
      created_at: at(0),
      finished_at: null,
      transitions: [move('dispatched', 0), move('running', 10)],
    },
    attempts: [{ ...attempt, dispatched_at: at(0), sent_at: at(4), started_at: at(10), ended_at: null, outcome: null }],
  })
  assert.deepEqual(
    spansOf(running, Date.parse(at(5_010))).map(({ name, to, ms }) => [name, to, ms]),
    [
      ['call', null, 5_010],
      ['submit', at(4), 4],
      ['dispatch', at(10), 6],
      ['tool', null, 5_000],
    ],
  )
})

test('a difference shows what two calls do not have alike, down to single arguments and lines', () => {
  const one = execution({ args: { pid: 1, deep: { at: [1, 2] } }, stdout: 'a\nb\nc\nd\n', attempts: [attempt] })
  const other = execution({
    ...{ args: { pid: 1, deep: { at: [1, 3] } }, stdout: 'a\nc\nx\ne\n' },
    attempts: [{ ...attempt, agent_version: '1.3.0' }],
  })
  const rows = differences(one, other)
  assert.deepEqual(
    rows.filter(({ same }) => !same).map(({ field, a, b }) => [field, a, b]),
    [
      ['args.deep.at.1', '2', '3'],
      ['agent version', '1.2.3', '1.3.0'],
      ['stdout:2', 'b', null],
      ['stdout:4', 'd', 'x'],
      ['stdout:4', null, 'e'],
    ],
  )
  assert.ok(rows.some(({ field, same }) => field === 'args.pid' && same))
})

for (const [words, shown] of [
  [['why', 'exe_1'], /No agent could take it at once, so it was queued/],
  [['trace', 'exe_1'], /tool +1m 2s +3\.0 s/],
  [['diff', 'exe_1', 'exe_1', '--all'], /exit code +=/],
] as const) {
  test(`exec ${words[0]} reads the record and prints it`, async (t) => {
    const server = await scriptedServer((_, response) => json(response, 200, record))
    t.after(() => server.close())
    for (const terminal of [80, 140]) {
      const { code, stdout } = await xeroctl(t, ['exec', ...words], { env: envFor(server), terminal })
      assert.equal(code, 0)
      assert.match(stdout.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), ''), shown)
      if (process.env.LOOK !== undefined) process.stderr.write(`${stdout}\n`)
      assert.ok(stdout.split('\n').every((line) => line.replaceAll(/\u001b\[[0-9;]*m/g, '').length <= terminal))
    }
  })
}
