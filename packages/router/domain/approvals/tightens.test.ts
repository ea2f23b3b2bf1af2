import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApproverSet, AskedRecord } from '@xerotier/protocol/asked.ts'
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { type Risk, risks } from '@xerotier/protocol/risk.ts'
import fc from 'fast-check'
import type { Evaluation } from '../policy/evaluate.ts'
import { evaluated } from '../policy/policy.fixture.ts'
import { tally } from '../policy/tally.ts'
import { endsOf, stageOf } from './asked.ts'
import { type Electorate, isIn } from './electorate.ts'
import { whereSomebodyIsLeft } from './left.ts'

const people = ['ann', 'bob', 'cat', 'dan', 'eve']
const groups: Record<string, string[]> = { a: ['ann', 'bob'], b: ['bob', 'cat'], c: ['dan'], none: [], left: ['gone'] }

const someone = (name: string) => ({
  email: `${name}@example.com`,
  name,
  active: name !== 'gone',
  role: name === 'eve' || name === 'dan' ? ('owner' as const) : ('member' as const),
})
const electorate: Electorate = {
  people: {
    users: new Map([...people, 'gone'].map((name) => [name, someone(name)])),
    groups: new Map(Object.entries(groups).map(([name, members]) => [name, new Set(members)])),
    delegations: [],
  },
  keys: new Map([['robot', 'robot']]),
  now: 0,
}
const mail = (names: string[]) => ({ users: names.map((name) => `${name}@example.com`) })

const anApprover: fc.Arbitrary<ApproverSet> = fc.oneof(
  fc.constant('anyone' as const),
  fc.record({ groups: fc.subarray(Object.keys(groups), { minLength: 1, maxLength: 2 }) }),
  fc.subarray([...people, 'gone'], { minLength: 1, maxLength: 3 }).map(mail),
  fc.constant<ApproverSet>({ roles: ['owner'], groups: ['a'] }),
  fc.constant<ApproverSet>({ service_keys: ['robot', 'revoked'] }),
)
const aNumber = fc.integer({ min: 1, max: 3 })
const anAsk = fc.record({ approvers: anApprover, quorum: fc.option(aNumber, { nil: undefined }) })
const aCondition = fc.constantFrom(
  'true',
  'risk == "write"',
  'args.n > 1',
  'args.gone',
  'tool == "stop"',
  'args.n == 0',
)
const aThen = fc.oneof(
  fc.record({ risk: fc.constantFrom(...risks) }),
  anAsk,
  fc.record({ quorum: aNumber }),
  fc.record({ approvers: fc.constant({ groups: ['none', 'b'] }), quorum: fc.constant('each_group' as const) }),
  fc.record({ refuse: fc.constant('no'), require_reason: fc.boolean(), require_passkey: fc.boolean() }),
)
const rulesOf = (prefix: string) =>
  fc
    .array(fc.record({ when: aCondition, then: aThen }), { maxLength: 4 })
    .map((rules) => rules.map((rule, at) => ({ name: `${prefix}${at}`, ...rule })))
const aStage = fc.record({
  approvers: fc.constant<ApproverSet>({ groups: ['a', 'b'] }),
  quorum: fc.option(fc.oneof(aNumber, fc.constant('each_group' as const)), { nil: undefined }),
  seconds: fc.option(fc.constantFrom(30, 120), { nil: undefined }),
})
const aPolicy = fc.record({
  timeout_seconds_destructive: fc.constantFrom(60, 900),
  timeout_seconds_irreversible: fc.constantFrom(40, 100, 3600),
  on_timeout_irreversible: fc.constantFrom('escalate' as const, 'reject' as const),
  stages: fc.array(fc.oneof(aStage, fc.record({ approvers: anApprover })), { maxLength: 3 }),
  quorum: aNumber,
  approvers_destructive: fc.option(anAsk, { nil: undefined }),
  approvers_irreversible: fc.option(anAsk, { nil: undefined }),
  rules: rulesOf('old'),
})

/** Seconds after which it runs with these votes, which all come at once at the beginning. */
function runsAfter({ decision, asked }: Evaluation, requester: string, voters: readonly string[]): number {
  if (decision !== 'ask') return decision === 'allow' ? 0 : Number.POSITIVE_INFINITY
  assert.ok(asked !== undefined)
  const matter = { workspaceId: 'wsp_1', risk: 'destructive' as const }
  const without = new Set([requester])
  const about = { policy: { id: null, name: '', version: 1 }, rules: [], closed: [] }
  const facts = { requester: { id: '', name: '', kind: '', email: '', groups: [], roles: [] }, labels: {} }
  let record: AskedRecord = { ...asked, ...about, facts: { ...facts, agent: { name: '', names: [] } } }
  const ends = endsOf(record, new Date(0)).map((end) => end.getTime() / 1000)
  let stage = 0
  for (const begins of [0, ...ends.slice(0, -1)]) {
    if (begins >= (ends.at(-1) ?? 0)) break
    stage = Math.max(
      stage,
      ends.findIndex((end) => end > begins),
    )
    const left = whereSomebodyIsLeft(record, stage, { electorate, without, matter })
    ;({ stage, asked: record } = left)
    const fits = (voter: string, set: ApproverSet) => isIn(electorate, voter, set, matter)
    const counted = voters.filter((voter) => !without.has(voter))
    if (tally(stageOf(record, stage).places, counted, fits).missing.length === 0) return begins
  }
  return Number.POSITIVE_INFINITY
}

const secondsOf = ({ asked }: Evaluation) => asked?.stages.reduce((sum, { seconds }) => sum + seconds, 0) ?? 0

test('a rule more never loosens a decision, whoever is left of those whom it names', () => {
  fc.assert(
    fc.property(
      aPolicy,
      rulesOf('new'),
      fc.nat(4),
      fc.constantFrom<Risk>(...risks),
      fc.nat(2),
      fc.subarray([...people, 'robot']),
      fc.constantFrom('ann', 'eve', 'nobody'),
      (policy, more, at, risk, n, voters, requester) => {
        const rules = [...policy.rules.slice(0, at), ...more, ...policy.rules.slice(at)]
        const facts = { risk, args: { n } }
        const before = evaluated(policyDocumentSchema.parse(policy), facts)
        const after = evaluated(policyDocumentSchema.parse({ ...policy, rules }), facts)
        assert.ok(risks.indexOf(after.risk) >= risks.indexOf(before.risk))
        assert.ok(runsAfter(after, requester, voters) >= runsAfter(before, requester, voters), 'it runs no sooner')
        if (before.decision === 'ask' && after.decision === 'ask') {
          assert.ok(secondsOf(after) <= secondsOf(before), 'it waits no longer')
          if (before.asked?.onTimeout === 'reject') assert.equal(after.asked?.onTimeout, 'reject')
        }
      },
    ),
    { numRuns: 5_000 },
  )
})

test('what a policy asks for by itself is the beginning of what it asks for with its rules', () => {
  fc.assert(
    fc.property(aPolicy, fc.constantFrom<Risk>('destructive', 'irreversible'), fc.nat(2), (policy, risk, n) => {
      const { asked } = evaluated(policyDocumentSchema.parse(policy), { risk, args: { n } })
      const alone = evaluated(policyDocumentSchema.parse({ ...policy, rules: [] }), { risk, args: { n } })
      for (const [at, { places, own = places }] of (asked?.stages ?? []).entries()) {
        assert.deepEqual(own, alone.asked?.stages[at]?.places)
        own.forEach(({ all }, place) => {
          assert.deepEqual(places[place]?.all.slice(0, all.length), all)
        })
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a rule that names nobody leaves the owners in the place that it adds, and nowhere else', () => {
  const rules = [{ name: 'r', when: 'true', then: { approvers: { groups: ['none'] } } }]
  const policy = { stages: [{ approvers: { groups: ['a'] } }], timeout_seconds_destructive: 60, rules }
  const after = (voters: string[]) => runsAfter(evaluated(policy), 'nobody', voters)
  assert.equal(after(['ann', 'eve']), 0, 'somebody whom the policy names, and an owner for the rule')
  assert.equal(after(['dan', 'eve']), 60, 'owners alone have to wait for their stage')
  assert.equal(after(['ann', 'bob']), Number.POSITIVE_INFINITY, 'those of the policy do not stand in for the rule')
})

test('a rule that wants more people than there are asks the owners for the rest', () => {
  const rules = [{ name: 'r', when: 'true', then: { approvers: { groups: ['c'] }, quorum: 2 } }]
  const after = (voters: string[]) => runsAfter(evaluated({ rules, timeout_seconds_destructive: 60 }), 'nobody', voters)
  assert.equal(after(['ann', 'dan', 'eve']), Number.POSITIVE_INFINITY, 'anyone is an owner, or was granted it')
  assert.equal(after(['robot', 'dan', 'eve']), 0)
  assert.equal(after(['robot', 'dan']), Number.POSITIVE_INFINITY)
})
