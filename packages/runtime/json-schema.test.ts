// No schema, together with no value, may hold up the process that checks it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { compileJsonSchema } from './json-schema.ts'
import { TookTooLong } from './within-time.ts'

const modes = ['strict', 'lenient'] as const
const sizeOf = (value: unknown) => JSON.stringify(value).length
const withText = (rules: Record<string, unknown>) => ({
  type: 'object',
  properties: { text: { type: 'string', ...rules } },
})

/**
 * Well above what a check may take on a machine that is busy, and far below what any of these took.
 */
const promptMs = 20 * limits.argumentsCheckMs

function flawOf(schema: Record<string, unknown>, value: unknown): string | undefined {
  const check = compileJsonSchema(schema, 'lenient')
  const from = performance.now()
  try {
    return check(value, sizeOf(value))?.keyword
  } catch (error) {
    assert.ok(error instanceof TookTooLong)
    return 'too long'
  } finally {
    assert.ok(performance.now() - from < promptMs)
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

test('patterns that backtrack are matched promptly against what they were made for', () => {
  const text = `${'a'.repeat(200_000)}!`
  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}$', '^(?:a{0,1000}b?){0,1}$'])
    assert.ok(['pattern', 'too long'].includes(flawOf(withText({ pattern }), { text }) ?? ''), pattern)
  assert.equal(flawOf({ type: 'object', patternProperties: { '^(a+)+$': false } }, { [text]: 1 }), undefined)
})

test('formats are no way around it', () => {
  const formats = [
    'uri',
    'uri-reference',
    'uri-template',
    'url',
    'email',
    'hostname',
    'ipv6',
    'duration',
    'regex',
    'iri',
  ]
  const texts = ['a', ':', '%41', '/', 'a.', '0:', '-a', '[', '{a', '@a', 'http://:', '1'].map(
    (piece) => `http://a@${piece.repeat(Math.floor(200_000 / piece.length))}\n`,
  )
  for (const format of formats) for (const text of texts) flawOf(withText({ format }), { text })
  const many = Array.from({ length: 60 }, () => `${'a'.repeat(4000)}@${'a'.repeat(90)}!`)
  flawOf({ type: 'object', additionalProperties: { type: 'array', items: { format: 'email' } } }, { many })
})

test('a format holds for what is as long as such values are', () => {
  assert.equal(flawOf(withText({ format: 'uri' }), { text: `https://example.com/?q=${'x'.repeat(4000)}` }), undefined)
  assert.equal(flawOf(withText({ format: 'uri' }), { text: 'no address' }), 'format')
  assert.equal(flawOf(withText({ format: 'email' }), { text: 'a@example.com' }), undefined)
  assert.equal(flawOf(withText({ format: 'byte' }), { text: 'QUJD'.repeat(50_000) }), undefined)
  assert.equal(flawOf(withText({ format: 'date-time' }), { text: '2026-11-30T00:00:00Z' }), undefined)
  assert.equal(flawOf(withText({ format: 'date-time' }), { text: '2026-13-30T00:00:00Z' }), 'format')
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

test('a schema that looks at a value in exponentially many ways is given up, and can be used again', () => {
  const way = { allOf: [{ properties: { in: { $ref: '#/$defs/node' } } }, { required: ['never'] }] }
  const check = compileJsonSchema({ $defs: { node: { anyOf: [way, way] } }, $ref: '#/$defs/node' }, 'lenient')
  let deep: Record<string, unknown> = {}
  for (let depth = 0; depth < 30; depth++) deep = { in: deep }
  assert.throws(() => check(deep, sizeOf(deep)), TookTooLong)
  assert.equal(check({ never: 1 }, 10), undefined)
  assert.equal(check({}, 2)?.keyword, 'required')
})

test('a schema that takes too long to compile is none', () => {
  const anyOf = Array.from({ length: 50_000 }, (_, value) => ({ properties: { a: { const: value } } }))
  assert.throws(() => compileJsonSchema({ anyOf }, 'lenient'), TookTooLong)
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
    assert.equal(
      flawOf(typed, JSON.parse(`{"${name}":1}`)),
      name === '__proto__' ? 'additionalProperties' : 'type',
      name,
    )
    assert.equal(flawOf({ type: 'object', dependentRequired: { [name]: ['b'] } }, {}), undefined, name)
  }
})
