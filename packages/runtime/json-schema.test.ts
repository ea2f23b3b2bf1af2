// No schema, together with no value, may hold up the process that checks it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { TooCostly } from './json-schema/run.ts'
import { everyWay, nested, steep } from './json-schema/steep.fixture.ts'
import { compileJsonSchema } from './json-schema.ts'

const modes = ['strict', 'lenient'] as const
const withText = (rules: Record<string, unknown>) => ({
  type: 'object',
  properties: { text: { type: 'string', ...rules } },
})

/** What a check may take, which is about 10 ms. */
const promptMs = 1_000

function flawOf(schema: Record<string, unknown>, value: unknown): string | undefined {
  const check = compileJsonSchema(schema, 'lenient')
  const from = threadMs()
  try {
    return check(value)?.keyword
  } catch (error) {
    assert.ok(error instanceof TooCostly)
    return 'too costly'
  } finally {
    assert.ok(threadMs() - from < promptMs)
  }
}

test('a pattern that linear matching cannot express is refused with its place', () => {
  for (const mode of modes) {
    for (const pattern of ['^(?=a)(a+)+$', '(?!x)y', '(?<=a)b', '(a)\\1', '^.{1,2000}$']) {
      const place = { type: 'object', properties: { list: { type: 'array', items: { type: 'string', pattern } } } }
      const reason = /^properties\.list\.items\.pattern: the pattern cannot be matched in linear time \(/
      assert.throws(() => compileJsonSchema(place, mode), { name: 'SyntaxError', message: reason }, pattern)
    }
    const names = { type: 'object', patternProperties: { '^(?=a)': {} } }
    assert.throws(() => compileJsonSchema(names, mode), { message: /^patternProperties: the pattern cannot/ })
  }
})

test('a value that no keyword takes is refused with its place', () => {
  for (const [rules, message] of [
    [{ type: 'text' }, 'properties.text.type: must be of string, number, integer, boolean, object, array, null'],
    [{ type: 'string', minLength: -1 }, 'properties.text.minLength: must be a whole number, 0 or more'],
    [{ type: 'string', pattern: '(' }, /^properties\.text\.pattern: Invalid regular expression: /],
    [{ anyOf: [] }, 'properties.text.anyOf: must have a schema'],
    [{ items: [{}] }, 'properties.text.items: must be a schema: an object, true or false'],
    [{ allOf: [{ required: 'x' }] }, 'properties.text.allOf.0.required: must be a list of names'],
    [{ $ref: '#/$defs/none' }, 'properties.text.$ref: the reference #/$defs/none leads nowhere'],
    [{ $async: true }, 'properties.text.$async: the schema must not have "$async"'],
  ] as const) {
    for (const mode of modes)
      assert.throws(() => compileJsonSchema({ properties: { text: rules } }, mode), { message }, JSON.stringify(rules))
  }
  for (const [rules, message] of [
    [{ minLenght: 1 }, 'properties.text: unknown keyword "minLenght"'],
    [{ format: 'adress' }, 'properties.text.format: unknown format "adress"'],
  ] as const) {
    assert.throws(() => compileJsonSchema({ properties: { text: rules } }, 'strict'), { message })
    assert.equal(compileJsonSchema({ properties: { text: rules } }, 'lenient')({ text: 'x' }), undefined)
  }
})

test('patterns that backtrack are matched promptly against what they were made for', () => {
  const text = `${'a'.repeat(200_000)}!`
  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}$', '^(?:a{0,1000}b?){0,1}$'])
    assert.ok(['pattern', 'too costly'].includes(flawOf(withText({ pattern }), { text }) ?? ''), pattern)
  assert.ok([undefined, 'too costly'].includes(flawOf({ patternProperties: { '^(a+)+$': false } }, { [text]: 1 })))
  assert.equal(flawOf(withText({ pattern: '^[a-z]+$' }), { text: 'a'.repeat(100_000) }), undefined)
})

test('patterns whose programs would be large are refused before they are made', () => {
  const from = threadMs()
  for (const patterns of [
    ['((a{10}){10}){10}'.repeat(1000)],
    ['x'.repeat(500_000)],
    Array.from({ length: 1000 }, (_, nth) => `^[ab]{900}${nth}$`),
    Array.from({ length: 3000 }, (_, nth) => `\\p{L}${nth}`),
  ]) {
    const schema = { anyOf: patterns.map((pattern) => ({ pattern })) }
    assert.throws(() => compileJsonSchema(schema, 'lenient'), /more than \d+ instructions together/)
  }
  assert.ok(threadMs() - from < 10 * promptMs)
})

test('formats are no way around it', () => {
  const formats = [
    ...['uri', 'uri-reference', 'uri-template', 'url', 'email', 'hostname'],
    ...['ipv6', 'duration', 'regex', 'iri', 'uuid', 'json-pointer', 'date-time', 'byte'],
  ]
  for (const size of [4000, 200_000]) {
    const texts = ['a', ':', '%41', '/', 'a.', '0:', '-a', '[', '{a', '@a', 'http://:', '1'].flatMap((piece) =>
      ['http://a@', 'https://a.:', ''].map((start) => `${start}${piece.repeat(Math.floor(size / piece.length))}\n`),
    )
    for (const format of formats) for (const text of texts) flawOf(withText({ format }), { text })
  }
  const many = Array.from({ length: 60 }, () => `${'a'.repeat(4000)}@${'a'.repeat(90)}!`)
  flawOf({ type: 'object', additionalProperties: { type: 'array', items: { format: 'email' } } }, { many })
})

test('a format holds for what is as long as such values are', () => {
  assert.equal(flawOf(withText({ format: 'uri' }), { text: `https://example.com/?q=${'x'.repeat(4000)}` }), undefined)
  assert.equal(flawOf(withText({ format: 'uri' }), { text: 'no address' }), 'format')
  assert.equal(flawOf(withText({ format: 'url' }), { text: 'ftp://example.com/a?b#c' }), undefined)
  for (const text of ['example.com', 'https://', 'javascript:alert(1)', 'http://a b'])
    assert.equal(flawOf(withText({ format: 'url' }), { text }), 'format', text)
  assert.equal(flawOf(withText({ format: 'email' }), { text: 'a@example.com' }), undefined)
  assert.equal(flawOf(withText({ format: 'byte' }), { text: 'QUJD'.repeat(50_000) }), undefined)
  assert.equal(flawOf(withText({ format: 'date-time' }), { text: '2026-11-30T00:00:00Z' }), undefined)
  assert.equal(flawOf(withText({ format: 'date-time' }), { text: '2026-13-30T00:00:00Z' }), 'format')
  for (const [value, flaw] of [
    [2 ** 31 - 1, undefined],
    [-(2 ** 31), undefined],
    [2 ** 31, 'format'],
    [1.5, 'format'],
  ] as const)
    assert.equal(flawOf({ format: 'int32' }, value), flaw)
})

test('items are equal as JSON values are', () => {
  const schema = { type: 'object', properties: { list: { uniqueItems: true } } }
  for (const list of [
    [1, 1.0],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [
      [1, { 2: 0, 10: 0 }],
      [1, { 10: 0, 2: 0 }],
    ],
    ['a', 'a'],
  ])
    assert.equal(flawOf(schema, { list }), 'uniqueItems', JSON.stringify(list))
  for (const list of [
    [1, '1'],
    [{ a: 1 }, { a: 2 }],
    [[], {}],
    [null, 'null'],
    [true, 1],
    [{ a: [1, 2] }, { a: [2, 1] }],
  ])
    assert.equal(flawOf(schema, { list }), undefined, JSON.stringify(list))
  assert.equal(flawOf({ type: 'object', properties: { list: { uniqueItems: false } } }, { list: [1, 1] }), undefined)
})

test('what no keyword has looked at is known, whatever branch has looked', () => {
  const a = { properties: { a: true } }
  for (const [schema, value, flaw] of [
    [{ allOf: [a], unevaluatedProperties: false }, { a: 1 }, undefined],
    [{ allOf: [a], unevaluatedProperties: false }, { a: 1, b: 2 }, 'unevaluatedProperties'],
    [{ anyOf: [a, { properties: { b: true } }], unevaluatedProperties: false }, { a: 1, b: 2 }, undefined],
    [{ anyOf: [{ ...a, required: ['c'] }, {}], unevaluatedProperties: false }, { a: 1 }, 'unevaluatedProperties'],
    [{ not: { not: a }, unevaluatedProperties: false }, { a: 1 }, 'unevaluatedProperties'],
    [{ if: a, unevaluatedProperties: false }, { a: 1 }, undefined],
    [{ if: false, else: a, unevaluatedProperties: false }, { a: 1 }, undefined],
    [{ $ref: '#/$defs/a', $defs: { a }, unevaluatedProperties: false }, { a: 1 }, undefined],
    [{ properties: { in: a }, unevaluatedProperties: false }, { in: {}, a: 1 }, 'unevaluatedProperties'],
    [{ prefixItems: [true], unevaluatedItems: false }, [1], undefined],
    [{ prefixItems: [true], unevaluatedItems: false }, [1, 2], 'unevaluatedItems'],
    [{ contains: { const: 2 }, unevaluatedItems: { const: 1 } }, [1, 2, 1], undefined],
    [{ contains: { const: 2 }, prefixItems: [true] }, [2], undefined],
    [{ contains: false }, [], 'contains'],
    [{ contains: { const: 1 }, minContains: 2, maxContains: 3 }, [1, 1], undefined],
    [{ contains: { const: 1 }, minContains: 2, maxContains: 3 }, [1, 1, 1, 1], 'contains'],
    [{ contains: false, minContains: 0 }, [1], undefined],
  ] as const)
    assert.equal(flawOf(schema, value), flaw, JSON.stringify([schema, value]))
})

test('a reference finds its anchor, its resource, and the outermost of those that may be extended', () => {
  const integers = { $id: 'https://schemas.example/integers', $anchor: 'one', type: 'integer' }
  const list = { $id: 'list', items: { $dynamicRef: '#item' }, $defs: { item: { $dynamicAnchor: 'item' } } }
  for (const [schema, value, flaw] of [
    [{ $ref: 'https://schemas.example/integers', $defs: { integers } }, 1.5, 'type'],
    [{ $ref: 'https://schemas.example/integers#one', $defs: { integers } }, 1.5, 'type'],
    [{ $ref: '#/$defs/a~1b%25', $defs: { 'a/b%': { type: 'null' } } }, 1, 'type'],
    [{ $ref: 'list', $defs: { list, own: { $dynamicAnchor: 'item', type: 'null' } } }, [1], 'type'],
    [{ allOf: [{ $ref: 'list' }], $defs: { list } }, [1], undefined],
  ] as const)
    assert.equal(flawOf(schema, value), flaw, JSON.stringify(schema))
})

for (const { what, schema, args } of steep) {
  test(`a check is given up that would take too long: ${what}`, () => {
    assert.equal(flawOf(schema, args), 'too costly')
  })
}

test('a check that was given up says nothing of the next one', () => {
  const check = compileJsonSchema({ $defs: { node: everyWay }, $ref: '#/$defs/node' }, 'lenient')
  assert.throws(() => check(nested(30, {})), TooCostly)
  assert.equal(check({ never: 1 }), undefined)
  assert.equal(check({})?.keyword, 'required')
})

test('how much a check took is told, whether or not it was given up', () => {
  const told: number[] = []
  const check = compileJsonSchema({ items: { type: 'integer' } }, 'lenient')
  check([1, 2, 3], (steps) => told.push(steps))
  assert.throws(() => check(Array(1_000_000).fill(1), (steps) => told.push(steps)), TooCostly)
  const [few = 0, many = 0] = told
  assert.ok(few > 3 && few < 100 && many > limits.schemaSteps, told.join())
})

const numbers = Array.from({ length: 50_000 }, (_, nth) => nth)

test('what is large is checked all the same, when it is looked at once', () => {
  const rows = numbers.slice(0, 4_000).map((nth) => ({ id: nth, name: `row ${nth}`, tags: ['a', 'b'] }))
  const row = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: 'string', maxLength: 100 },
      tags: { items: { enum: ['a', 'b'] } },
    },
    required: ['id', 'name'],
    additionalProperties: false,
  }
  const list = { properties: { rows: { type: 'array', uniqueItems: true, items: row } } }
  assert.equal(flawOf(list, { rows }), undefined)
  assert.equal(flawOf(list, { rows: [...rows, { id: 1 }] }), 'required')
  assert.equal(flawOf({ enum: numbers.map(String) }, '49999'), undefined)
})

test('a schema that is too large or too deep is none', () => {
  const from = threadMs()
  const anyOf = Array.from({ length: 50_000 }, (_, value) => ({ properties: { a: { const: value } } }))
  assert.throws(() => compileJsonSchema({ anyOf }, 'lenient'), /more than 5000 parts/)
  let deep: Record<string, unknown> = {}
  for (let depth = 0; depth < 20_000; depth++) deep = { not: deep }
  assert.throws(() => compileJsonSchema(deep, 'lenient'), /nested deeper than 200 levels/)
  // By references to what no keyword holds.
  const far = Object.fromEntries(numbers.slice(0, 6_000).map((nth) => [`s${nth}`, { $ref: `#/far/s${nth + 1}` }]))
  assert.throws(() => compileJsonSchema({ far, $ref: '#/far/s0' }, 'lenient'), /nested deeper than 200 levels/)
  assert.ok(threadMs() - from < 10 * promptMs)
})

test('only what a value has itself counts: what every object inherits is not there', () => {
  for (const name of ['toString', 'constructor', 'hasOwnProperty', '__proto__', 'valueOf']) {
    assert.equal(flawOf({ type: 'object', required: [name] }, {}), 'required', name)
    const own = JSON.parse(`{"${name}":"x"}`)
    assert.equal(flawOf({ type: 'object', required: [name] }, own), undefined, name)
    const typed = JSON.parse(
      `{"type":"object","properties":{"${name}":{"type":"string"}},"additionalProperties":false}`,
    )
    assert.equal(flawOf(typed, {}), undefined, name)
    assert.equal(flawOf(typed, own), undefined, name)
    assert.equal(flawOf(typed, JSON.parse(`{"${name}":1}`)), 'type', name)
    assert.equal(flawOf({ type: 'object', dependentRequired: { [name]: ['b'] } }, {}), undefined, name)
  }
})
