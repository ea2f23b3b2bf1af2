import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import type { ApproverSet } from '@xerotier/protocol/asked.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import { riskDefaults, risks } from '@xerotier/protocol/risk.ts'
import type { Evaluation } from './evaluate.ts'
import { evaluated } from './policy.fixture.ts'

const sre: ApproverSet = { groups: ['sre'] }
const dba: ApproverSet = { groups: ['dba'] }
const boss: ApproverSet = { users: ['boss@example.com'] }
const placesOf = ({ asked }: Evaluation, stage = 0) => asked?.stages[stage]?.places.map(({ all }) => all)

test('a policy that says nothing decides as the defaults of the risk levels do', () => {
  for (const risk of risks) {
    const { decision, asked, ...rest } = evaluated({}, { risk })
    assert.equal(decision, riskDefaults[risk].decision)
    assert.deepEqual(rest, { risk, rules: [], closed: [], refusals: [] })
    if (asked === undefined) continue
    assert.deepEqual(asked, {
      stages: [
        {
          name: '',
          places: [{ all: ['anyone'] }],
          seconds: riskDefaults[risk].approvalTimeoutSeconds,
          tell: ['anyone'],
        },
      ],
      onTimeout: 'expire',
      requireReason: false,
      requirePasskey: false,
      oneRejectEnds: true,
      selfApproval: 'service_keys',
      waits: [],
      reviewSeconds: null,
    })
  }
})

test('the demands of all rules that match add up, and of the others nothing', () => {
  const answer = evaluated(
    {
      rules: [
        { name: 'a', when: 'args.db == "main"', then: { approvers: dba } },
        { name: 'b', when: 'workspace == "prod"', then: { approvers: sre, quorum: 2 } },
        { name: 'c', when: 'args.db == "other"', then: { refuse: 'never' } },
        { name: 'd', when: 'tool == "start"', then: { refuse: 'never' } },
        { name: 'e', when: 'true', then: { require_reason: true, require_passkey: true } },
      ],
    },
    { args: { db: 'main' } },
  )
  assert.deepEqual(
    answer.rules.map(({ name }) => name),
    ['a', 'b', 'e'],
  )
  assert.deepEqual(placesOf(answer), [['anyone'], [dba], [sre], [sre]])
  assert.equal(answer.asked?.requireReason, true)
  assert.equal(answer.asked?.requirePasskey, true)
})

test('a mild call that a rule wants asked for is asked of those that the rule names', () => {
  const rules = [{ name: 'a', when: 'true', then: { approvers: dba } }]
  assert.deepEqual(placesOf(evaluated({ rules }, { risk: 'read' })), [[dba]])
  const quorum = [{ name: 'a', when: 'true', then: { quorum: 2 } }]
  assert.deepEqual(placesOf(evaluated({ rules: quorum, stages: [{ approvers: sre }] }, { risk: 'read' })), [
    [sre],
    [sre],
  ])
})

test('a raised risk asks all that the levels in between ask', () => {
  const policy: PolicyInput = {
    stages: [{ approvers: sre }],
    approvers_destructive: { approvers: dba },
    approvers_irreversible: { approvers: boss, quorum: 2 },
    on_timeout_destructive: 'reject',
    rules: [{ name: 'raise', when: 'risk != "irreversible"', then: { risk: 'irreversible' } }],
  }
  const raised = evaluated(policy, { risk: 'write' })
  assert.equal(raised.risk, 'irreversible')
  assert.deepEqual(placesOf(raised), [
    [sre, dba, boss],
    [sre, boss],
  ])
  assert.deepEqual([raised.asked?.stages[0]?.seconds, raised.asked?.onTimeout], [900, 'reject'])
  const own = evaluated(policy, { risk: 'irreversible' })
  assert.deepEqual(placesOf(own), [
    [sre, boss],
    [sre, boss],
  ])
  assert.deepEqual([own.asked?.stages[0]?.seconds, own.asked?.onTimeout], [3600, 'expire'])
})

test('a rule never lowers a risk', () => {
  const rules = [{ name: 'a', when: 'true', then: { risk: 'read' as const } }]
  assert.deepEqual(evaluated({ rules }, { risk: 'destructive' }).risk, 'destructive')
})

test('a refusal beats whatever else is demanded, and all of its reasons are said', () => {
  const answer = evaluated({
    rules: [
      { name: 'a', when: 'true', then: { refuse: 'Not in prod.' } },
      { name: 'b', when: 'true', then: { approvers: dba } },
      { name: 'c', when: 'true', then: { refuse: 'Ask the DBAs.' } },
    ],
  })
  assert.deepEqual([answer.decision, answer.refusals], ['refuse', ['Not in prod.', 'Ask the DBAs.']])
})

test('a rule that fails counts as matched and as the strictest, and says so', () => {
  const rules = [{ name: 'few', when: 'args.replicas > 3', then: { approvers: dba } }]
  for (const args of [{}, { replicas: 'many' }, { replicas: [1] }, { replicas: null }]) {
    const answer = evaluated({ rules }, { risk: 'read', args })
    assert.equal(answer.decision, 'ask')
    assert.equal(answer.risk, 'irreversible')
    assert.deepEqual(placesOf(answer), [['anyone'], [dba]])
    assert.match(answer.rules[0]?.error ?? '', /\w/)
  }
  assert.equal(evaluated({ rules }, { risk: 'read', args: { replicas: 3 } }).decision, 'allow')
  const refuse = [{ name: 'few', when: 'args.replicas > 3', then: { refuse: 'Too many.' } }]
  assert.equal(evaluated({ rules: refuse }, { risk: 'read' }).decision, 'refuse')
})

test('arguments that are too large for a loop or a pattern fail its rule', () => {
  const loop = [{ name: 'a', when: 'args.list.exists(x, x == "b")', then: { approvers: dba } }]
  const list = (length: number) => ({ list: Array.from({ length }, () => 'a') })
  assert.equal(evaluated({ rules: loop }, { risk: 'read', args: list(limits.policyLoopItems) }).decision, 'allow')
  const long = evaluated({ rules: loop }, { risk: 'read', args: list(limits.policyLoopItems + 1) })
  assert.match(long.rules[0]?.error ?? '', /list of 1001/)
  const nested = [{ name: 'a', when: 'args.list.exists(x, args.list.exists(y, x == y + "!"))', then: { quorum: 1 } }]
  assert.equal(evaluated({ rules: nested }, { risk: 'read', args: list(31) }).decision, 'allow')
  assert.equal(evaluated({ rules: nested }, { risk: 'read', args: list(32) }).decision, 'ask')
  const match = [{ name: 'a', when: 'args.text.matches("^(a+)+$")', then: { approvers: dba } }]
  const text = (length: number) => ({ text: `${'a'.repeat(length - 1)}!` })
  const started = threadMs()
  assert.equal(
    evaluated({ rules: match }, { risk: 'read', args: text(limits.policyMatchedCharacters) }).decision,
    'allow',
  )
  assert.ok(threadMs() - started < 5_000, 'patterns are matched in linear time')
  assert.equal(
    evaluated({ rules: match }, { risk: 'read', args: text(limits.policyMatchedCharacters + 1) }).decision,
    'ask',
  )
})

test('an expression gives up before it holds anybody up, whatever patterns and lists a call brings', () => {
  const verdictOf = (when: string, args: Record<string, unknown>) =>
    evaluated({ rules: [{ name: 'a', when, then: { quorum: 1 } }] }, { risk: 'read', args }).rules[0]?.error
  const text = 'a'.repeat(4000)
  const many = Array.from({ length: 1000 }, (_, at) => `(a|b|${at}){1,200}$`)
  const list = Array(1000).fill('x'.repeat(200))
  for (const [when, args, error] of [
    ['args.x.matches(args.p)', { x: text, p: '(a?){1000}'.repeat(100) }, /more than 2000 instructions/],
    ['args.x.matches(args.p)', { x: text, p: '\\pL{50}' }, /more than 1000000 steps/],
    ['args.x.matches("((a{1,30}){1,30}){1,30}$")', { x: text }, /more than 2000 instructions/],
    ['args.l.all(p, args.x.matches(p))', { x: text, l: many }, /more than 1000000 steps/],
    ['args.l.all(p, "a".matches(p))', { l: many.map((_, at) => `a|${at}`) }, /more than 1000000 steps/],
    ['args.l.all(p, args.m == args.l)', { l: list, m: list }, /too large for it: a list of 1000/],
    [
      'args.l.all(p, args.l.all(q, p + q != args.x))',
      { l: Array(31).fill('x'.repeat(8000)), x: text },
      /too large for it/,
    ],
    ['args.x.matches(args.p)', { x: text, p: 'a+$' }, undefined],
    ['args.l.all(p, p.matches("^x+$") && p in args.m)', { l: list.slice(0, 50), m: list.slice(0, 50) }, undefined],
  ] as [string, Record<string, unknown>, RegExp | undefined][]) {
    const found = verdictOf(when, args)
    if (error === undefined) assert.equal(found, undefined, when)
    else assert.match(found ?? '', error, when)
  }
})

test('rules that take too long leave the others matched', () => {
  let now = 0
  const rules = Array.from({ length: 5 }, (_, at) => ({
    name: `r${at}`,
    when: 'size(tool) == 99',
    then: { quorum: at + 1 },
  }))
  const answer = evaluated({ rules }, { risk: 'read', args: { n: 2 } }, () => (now += limits.policyEvaluationMs / 3))
  assert.ok(answer.rules.length > 0 && answer.rules.length < 5)
  assert.match(answer.rules[0]?.error ?? '', /took more than/)
  assert.equal(placesOf(answer)?.length, 5)
})

test('a policy without rules never asks what time it is', () => {
  evaluated({}, {}, () => assert.fail('the clock was read'))
})

test('stages add people, and each has its own time, quorum and listeners', () => {
  const answer = evaluated({
    timeout_seconds_destructive: 600,
    stages: [
      { name: 'on call', approvers: sre, seconds: 120 },
      { approvers: boss, quorum: 2, tell: dba },
      { approvers: { groups: ['a', 'b'] }, quorum: 'each_group' },
    ],
  })
  const said = answer.asked?.stages.map(({ name, seconds, tell, places }) => [name, seconds, tell, places.length])
  assert.deepEqual(said, [
    ['on call', 120, [sre], 1],
    ['stage 2', 600, [dba], 2],
    ['stage 3', 600, [{ groups: ['a', 'b'] }], 2],
    ['owners', 600, [{ roles: ['owner'] }], 2],
  ])
  assert.deepEqual(placesOf(answer, 1)?.[0], [{ users: ['boss@example.com'], groups: ['sre'] }])
  assert.deepEqual(placesOf(answer, 2), [[{ groups: ['a'] }], [{ groups: ['b'] }]])
  assert.deepEqual(placesOf(answer, 3)?.[0], [{ groups: ['a'], roles: ['owner'] }])
})

test('silence that rejects asks no owners after the last stage', () => {
  const answer = evaluated({ on_timeout_destructive: 'reject', stages: [{ approvers: sre }] })
  assert.deepEqual([answer.asked?.onTimeout, answer.asked?.stages.length], ['reject', 1])
})

test('outside of a window a call is asked for, refused or held', () => {
  const window = (outside: 'ask' | 'refuse' | 'wait'): PolicyInput => ({
    windows: [{ name: 'night', time_zone: 'UTC', times: [{ cron: '0 22 * * *', seconds: 7200 }], outside }],
  })
  const noon = Date.parse('2026-11-30T12:00:00Z')
  const night = Date.parse('2026-11-30T23:00:00Z')
  for (const outside of ['ask', 'refuse', 'wait'] as const) {
    assert.equal(evaluated(window(outside), { risk: 'write', at: night }).decision, 'allow')
    assert.equal(evaluated(window(outside), { risk: 'read', at: noon }).decision, 'allow', 'reads are not held')
  }
  assert.equal(evaluated(window('ask'), { risk: 'write', at: noon }).decision, 'ask')
  const held = evaluated(window('wait'), { risk: 'write', at: noon })
  assert.deepEqual([held.decision, held.asked?.waits, held.closed], ['ask', ['night'], ['night']])
  const refused = evaluated(window('refuse'), { risk: 'write', at: noon })
  assert.deepEqual(refused.refusals, ['Outside of the window night. It is open again at 2026-11-30T22:00:00.000Z.'])
})

test('a freeze closes what a window leaves open, for the calls that it is about', () => {
  const policy: PolicyInput = {
    freezes: [
      {
        name: 'holidays',
        time_zone: 'Europe/Berlin',
        times: [{ from: '2026-12-24T00:00', until: '2026-12-27T00:00' }],
        when: 'workspace == "prod"',
        inside: 'refuse',
      },
    ],
  }
  const at = Date.parse('2026-12-25T12:00:00Z')
  assert.match(evaluated(policy, { at }).refusals[0] ?? '', /freeze holidays.*2026-12-26T23:00/)
  assert.equal(evaluated(policy, { at, workspace: 'test' }).decision, 'ask')
  assert.equal(evaluated(policy, { at: Date.parse('2026-12-27T00:00:00Z') }).decision, 'ask')
})

test('what the policy asks for by itself is told apart from what its rules add', () => {
  const policy: PolicyInput = {
    stages: [{ approvers: sre, quorum: 2 }],
    approvers_irreversible: { approvers: dba },
    rules: [
      { name: 'a', when: 'args.more', then: { approvers: boss } },
      { name: 'b', when: 'args.raise', then: { risk: 'irreversible' } },
    ],
  }
  const ownOf = (risk: (typeof risks)[number], args: Record<string, boolean>) =>
    evaluated(policy, { risk, args: { more: false, raise: false, ...args } }).asked?.stages[0]
  assert.equal(ownOf('destructive', {})?.own, undefined)
  const raised = ownOf('destructive', { more: true, raise: true })
  assert.deepEqual(raised?.own, [{ all: [sre] }, { all: [sre] }])
  assert.deepEqual(raised?.places, [{ all: [sre, dba] }, { all: [sre, dba] }, { all: [boss] }])
  assert.deepEqual(ownOf('read', { more: true })?.own, [])
})

test('a risk that a rule raises ends the wait with the shorter one, and brings no stage on sooner', () => {
  const secondsOf = (destructive: number, irreversible: number) =>
    evaluated({
      timeout_seconds_destructive: destructive,
      timeout_seconds_irreversible: irreversible,
      stages: [{ approvers: sre }, { approvers: dba, seconds: 30 }],
      rules: [{ name: 'raise', when: 'true', then: { risk: 'irreversible' } }],
    }).asked?.stages.map(({ seconds }) => seconds)
  assert.deepEqual(secondsOf(60, 600), [60, 30, 60])
  assert.deepEqual(secondsOf(600, 60), [150, 0, 0])
})

test('a rule alone asks no owners after the last stage', () => {
  const rules = [{ name: 'a', when: 'true', then: { approvers: sre } }]
  assert.equal(evaluated({ rules }).asked?.stages.length, 1)
})
