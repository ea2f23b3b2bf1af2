// What is seen without the library is what the library says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bindFacts, compileExpression } from './expression.ts'
import type { CallFacts } from './facts.ts'
import { factsForTests } from './policy.fixture.ts'

const aText = fc.constantFrom('stop', 'look', 'prod', 'team-1', '', 'é', '😀', 'write')
const aNumber = fc.constantFrom(0, 1, -1, 2.5, 7, 1e21, 9007199254740991)
const aScalar = fc.oneof(aText, aNumber, fc.boolean(), fc.constant(null))
const aValue = fc.oneof(aScalar, fc.array(aScalar, { maxLength: 2 }), fc.dictionary(fc.constantFrom('a', 'b'), aScalar))
const facts: fc.Arbitrary<CallFacts> = fc
  .record({
    tool: aText,
    workspace: aText,
    risk: fc.constantFrom('write' as const, 'destructive' as const),
    args: fc.dictionary(fc.constantFrom('a', 'b', 'c'), aValue),
  })
  .map((some) => factsForTests(some))

const literal = fc.oneof(
  aText.map((text) => JSON.stringify(text)),
  fc.constantFrom('0', '1', '-1', '2.5', '7', '9007199254740993', '1e3', 'true', 'false', 'null', '2u'),
)
const place = fc.constantFrom(
  ...['tool', 'workspace', 'risk', 'project', 'args.a', 'args.b', 'args.a.b', 'args.c.a', 'args["a"]'],
  ...['requester.name', 'requester.groups', 'labels.gone', 'labels.workspace_type', 'agent.name'],
)
const operand = fc.oneof(place, literal)
const leaf = fc.oneof(
  fc
    .tuple(operand, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), operand)
    .map(([one, sign, other]) => `${one} ${sign} ${other}`),
  fc
    .tuple(place, fc.constantFrom('startsWith', 'endsWith', 'contains'), literal)
    .map(([text, name, part]) => `${text}.${name}(${part})`),
  fc.tuple(operand, fc.array(literal, { maxLength: 3 })).map(([one, list]) => `${one} in [${list.join(', ')}]`),
  fc.constantFrom('has(args.a)', 'has(args.a.b)', 'has(labels.gone)', 'args.a', 'args.b', 'true', 'false'),
  fc.constantFrom('args.a.matches("^s")', 'args.c.exists(x, x == 1)', 'size(tool) > 3', '"a" in args'),
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one}) && (${other})`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one}) || (${other})`),
    tie('expression').map((one) => `!(${one})`),
  ),
}))

test('what is known without the library is what the library says, and nothing that it cannot evaluate is known', () => {
  let decided = 0
  let compiled = 0
  fc.assert(
    fc.property(expression, fc.array(facts, { minLength: 3, maxLength: 3 }), (text, some) => {
      let one: ReturnType<typeof compileExpression>
      try {
        one = compileExpression(text)
      } catch {
        return // Of types that never fit: nobody can apply it.
      }
      for (const about of some) {
        compiled++
        const known = one.known(about)
        if (known === undefined) continue
        decided++
        assert.deepEqual(one.evaluate(bindFacts(about)), { matched: known }, text)
      }
    }),
    { numRuns: 10_000 },
  )
  assert.ok(decided > compiled / 4, `${decided} of ${compiled} were known`)
})

test('comparisons with literals are seen, and what fails or is of another type is left to the library', () => {
  const about = factsForTests({ tool: 'stop', args: { n: 2, s: 'team-1', o: { p: 'q' } } })
  const known = (text: string) => compileExpression(text).known(about)
  for (const text of [
    'tool == "look"',
    'tool == "stop" && args.n > 3',
    'args.s.startsWith("team-2") || args.n == 3',
    'args.gone == 1 && tool == "look"',
    'risk in ["read", "write"]',
    '!has(args.o.p)',
  ])
    assert.equal(known(text), false, text)
  assert.equal(known('tool == "stop" && args.n >= 2.0 && has(args.o.p)'), true)
  for (const text of ['args.gone == 1', 'args.n == "2"', 'args.s < "a"', 'args.n == 3 || args.gone == 1'])
    assert.equal(known(text), undefined, text)
})
