// Ajv compiles schemas into code, and says the same of a value. Left out is what it is known to get
// wrong: what is unevaluated, and `contains` beside `prefixItems`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { compileJsonSchema } from '../json-schema.ts'

const name = fc.constantFrom('a', 'b', 'c', 'ab')
const scalar = fc.constantFrom(null, true, false, 0, 1, 2, 2.5, -3, '', 'a', 'ab', 'abc', '😀')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

const count = fc.integer({ min: 0, max: 4 })
const names = fc.uniqueArray(name, { maxLength: 3 })
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const

const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const one = tie('schema')
  const some = fc.array(one, { minLength: 1, maxLength: 3 })
  const named = fc.dictionary(name, one, { maxKeys: 3, noNullPrototype: true })
  const rules: Record<string, fc.Arbitrary<unknown>> = {
    type: fc.oneof(
      fc.constantFrom(...types),
      fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
    ),
    enum: fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: (item) => JSON.stringify(item) }),
    const: value,
    ...Object.fromEntries(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((key) => [key, count])),
    ...Object.fromEntries(['minLength', 'maxLength', 'minItems', 'maxItems'].map((key) => [key, count])),
    ...Object.fromEntries(['minProperties', 'maxProperties'].map((key) => [key, count])),
    multipleOf: fc.constantFrom(1, 2, 0.5),
    pattern: fc.constantFrom('^a', 'b$', '^[a-b]+$', '.'),
    uniqueItems: fc.boolean(),
    required: names,
    dependentRequired: fc.dictionary(name, names, { maxKeys: 2, noNullPrototype: true }),
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$', '.'), one, { maxKeys: 2, noNullPrototype: true }),
    dependentSchemas: named,
    $ref: fc.constantFrom('#/$defs/x', '#/$defs/y'),
    ...Object.fromEntries(['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((key) => [key, some])),
    ...Object.fromEntries(['not', 'if', 'then', 'else', 'items'].map((key) => [key, one])),
    ...Object.fromEntries(['additionalProperties', 'propertyNames'].map((key) => [key, one])),
  }
  const rule = fc.constantFrom(...Object.keys(rules)).chain((key) => fc.tuple(fc.constant(key), rules[key] ?? one))
  const ruled = fc.array(rule, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))
  return { schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), ruled, ruled) }
})

const whole = fc.record({ root: schema, x: schema, y: schema }).map(({ root, x, y }) => ({
  // Neither refers to another, as one that refers to itself for ever ends in neither.
  $defs: { x: withoutReferences(x), y: withoutReferences(y) },
  allOf: [root],
}))

function answerOf(check: () => boolean): boolean | undefined {
  try {
    return check()
  } catch (error) {
    assert.ok(error instanceof TypeError)
    return undefined
  }
}

function withoutReferences(given: unknown): unknown {
  return JSON.parse(JSON.stringify(given, (key, inner) => (key === '$ref' ? undefined : inner)))
}

test('random schemas fit the random values that they fit for Ajv', () => {
  let fitting = 0
  let checks = 0
  fc.assert(
    fc.property(whole, fc.array(value, { minLength: 8, maxLength: 8 }), (candidate, values) => {
      const ajv = new Ajv2020({ strict: false, logger: false, ownProperties: true, validateFormats: false })
      const theirs = ajv.compile(structuredClone(candidate))
      const ours = compileJsonSchema(candidate, 'lenient')
      for (const one of values) {
        const fits = answerOf(() => theirs(one))
        // Ajv fails on some that it has compiled.
        if (fits === undefined) continue
        assert.equal(ours(one) === undefined, fits, `${JSON.stringify(candidate)} of ${JSON.stringify(one)}`)
        checks += 1
        fitting += fits ? 1 : 0
      }
    }),
    { numRuns: 150 },
  )
  // Otherwise nothing would be shown.
  assert.ok(fitting > checks / 20 && fitting < checks * 0.95, `${fitting} of ${checks}`)
})
