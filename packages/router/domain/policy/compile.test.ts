import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import { compilePolicy } from './compile.ts'
import { documentOf, evaluated } from './policy.fixture.ts'

const ruled = (when: string): PolicyInput => ({ rules: [{ name: 'a', when, then: { quorum: 1 } }] })
const compiled = (input: PolicyInput) => compilePolicy(documentOf(input))

test('an expression that does not type-check is refused, and the place is named', () => {
  const wrong: [string, RegExp][] = [
    ['tool == 1', /no such overload/],
    ['tol == "x"', /Unknown variable: tol/],
    ['requester.nmae == "x"', /No such key: nmae/],
    ['tool', /is string, and must be true or false/],
    ['tool ==', /Unexpected token/],
    ['size(args.list)', /is int, and must be/],
    ['tool.foo()', /no matching overload/],
  ]
  for (const [when, message] of wrong)
    assert.throws(() => compiled(ruled(when)), { code: 'policy_invalid', param: 'rules.0.when', message })
})

test('an expression that could cost too much is refused', () => {
  const nodes = Array.from({ length: limits.policyExpressionNodes / 3 }, (_, at) => `args.n==${at}`).join('||')
  const wrong: [string, RegExp][] = [
    [nodes, /more than 300 parts/],
    [`${'('.repeat(900)}true${')'.repeat(900)}`, /nested deeper|depth|./],
    [`args${'.a'.repeat(50)}`, /nested deeper than 24/],
    ['args.a.all(x, args.b.all(y, args.c.all(z, x == y && y == z)))', /more than 2 loops/],
  ]
  for (const [when, message] of wrong) {
    assert.throws(() => compiled(ruled(when)), { code: 'policy_invalid', param: 'rules.0.when', message })
  }
  assert.throws(() => documentOf(ruled(`"${'a'.repeat(limits.policyExpressionCharacters)}" == tool`)))
  compiled(ruled(Array.from({ length: 40 }, (_, at) => `args.n==${at}`).join('||')))
})

test('expressions speak about everything that is known of a call', () => {
  const cases = [
    'project == "default" && workspace.startsWith("pr") && tool in ["stop", "start"]',
    'risk == "destructive"',
    'args.n > 10 && args.n < 11 && args.list.exists(x, x == "b") && has(args.o.p) && !has(args.o.q)',
    'args.none == null && args.yes && args["a key"] == "v"',
    'requester.name == "deployer" && requester.kind == "key" && !("sre" in requester.groups)',
    'agent.name == "host-1" && "host-1" in agent.names',
    'time.getHours("Europe/Berlin") == 13 && time.getDayOfWeek() == 1',
    'time > timestamp("2026-11-30T11:00:00Z") && time - timestamp("2026-11-30T11:00:00Z") == duration("1h")',
    'labels.workspace_type == "host" && !has(labels.bundle)',
    'args.text.matches("(?i)^DROP\\\\s+TABLE")',
  ]
  const args = { n: 10.5, list: ['a', 'b'], o: { p: 1 }, none: null, yes: true, 'a key': 'v', text: 'drop  table x' }
  for (const when of cases) {
    const [rule] = evaluated(ruled(when), { args }).rules
    assert.deepEqual(rule, { name: 'a' }, when)
  }
})

test('what JavaScript gives every object is no argument', () => {
  for (const when of ['has(args.constructor)', 'has(args.__proto__)', '"toString" in args'])
    assert.deepEqual(evaluated(ruled(when)).rules, [], when)
})

test('a number of the arguments is a double, and compares with whole numbers by value', () => {
  const args = { n: 3, big: 9007199254740991, half: 0.5 }
  for (const when of [
    'args.n == 3 && args.n == 3.0 && args.n in [1, 2, 3] && args.n < 4',
    'args.big == 9007199254740991 && args.big < 9007199254740992',
    'int(args.half * 2.0) == 1 && double(1) / 2.0 == args.half',
    'args.n != "3" && !(args.n in ["3"])',
  ])
    assert.deepEqual(evaluated(ruled(when), { args }).rules, [{ name: 'a' }], when)
  // What fits no overload fails, so that it counts as matched.
  assert.match(evaluated(ruled('args.n + 1 == 4'), { args }).rules[0]?.error ?? '', /overload/)
})

test('an argument that is null is there, so that a null is no way past a rule', () => {
  const said = (when: string) => evaluated(ruled(when), { args: { gone: null } }).rules.length > 0
  for (const when of ['has(args.gone)', '"gone" in args', 'args.gone == null', 'size(args) == 1'])
    assert.ok(said(when), when)
  for (const when of ['has(args.other)', '"other" in args']) assert.ok(!said(when), when)
  const nested = { o: { gone: null } }
  assert.equal(evaluated(ruled('has(args.o.gone) && "gone" in args.o'), { args: nested }).rules.length, 1)
})

test('only rules that could match a tool and a risk are looked at', () => {
  const rules = [
    { when: 'tool == "stop"', seen: ['stop destructive', 'stop read'] },
    { when: '"stop" == tool && args.n == 1', seen: ['stop destructive', 'stop read'] },
    { when: 'tool in ["stop", "look"] && risk == "read"', seen: ['stop read', 'look read'] },
    { when: 'tool == "stop" && tool == "look"', seen: [] },
    { when: 'tool == "stop" || args.n == 1', seen: ['stop destructive', 'stop read', 'look read'] },
    { when: 'tool != "stop"', seen: ['stop destructive', 'stop read', 'look read'] },
    { when: '!(tool == "stop")', seen: ['stop destructive', 'stop read', 'look read'] },
  ]
  for (const { when, seen } of rules) {
    const policy = compiled(ruled(when))
    const kinds = [['stop', 'destructive'] as const, ['stop', 'read'] as const, ['look', 'read'] as const]
    const found = kinds.filter(([tool, risk]) => policy.rulesFor(tool, risk).length > 0)
    assert.deepEqual(
      found.map((kind) => kind.join(' ')),
      seen,
      when,
    )
  }
})

test('what cannot be decided by is refused where it stands', () => {
  const wrong: [PolicyInput, string][] = [
    [{ quorum: 'each_group', stages: [{ approvers: { users: ['a@example.com'] } }] }, 'stages.0.quorum'],
    [{ approvers_destructive: { approvers: 'anyone', quorum: 'each_group' } }, 'approvers_destructive.quorum'],
    [{ rules: [{ name: 'a', when: 'true', then: { quorum: 'each_group' } }] }, 'rules.0.then.quorum'],
    [{ rules: ['x', 'x'].map((name) => ({ name, when: 'true', then: { quorum: 1 } })) }, 'rules.1.name'],
    [
      { freezes: [{ name: 'f', time_zone: 'Nowhere', times: [{ cron: '* * * * *', seconds: 60 }], inside: 'ask' }] },
      'freezes.0.time_zone',
    ],
    [
      {
        windows: [
          { name: 'w', time_zone: 'UTC', times: [{ cron: '* * * * *', seconds: 60 }], when: 'x', outside: 'ask' },
        ],
      },
      'windows.0.when',
    ],
  ]
  for (const [input, param] of wrong) assert.throws(() => compiled(input), { code: 'policy_invalid', param })
  assert.throws(() => documentOf({ rules: [{ name: 'a', when: 'true', then: {} }] }), /must say what to do/)
  assert.throws(() => documentOf({ stages: [{ approvers: {} }] }), /must name somebody/)
  assert.throws(() => documentOf({ on_timeout_destructive: 'approve' as 'reject' }))
})
