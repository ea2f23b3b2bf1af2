import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { compileArgumentsSchema } from '../json-schema.ts'
import { TooCostly } from './run.ts'

type Json = Record<string, unknown>

const complete = (schema: Json, args: Json) => compileArgumentsSchema(schema, 'lenient').complete(args)
const flawOf = (schema: Json) => compileArgumentsSchema(schema, 'lenient').flawOfDefaults()
const mode = { type: 'string', enum: ['fast', 'safe'], default: 'safe' }
const withMode = { type: 'object', properties: { mode } }

test('defaults of members of members, of items and of any member are filled in', () => {
  for (const [schema, given, whole] of [
    [{ properties: { options: withMode } }, { options: {} }, { options: { mode: 'safe' } }],
    [{ properties: { options: withMode } }, {}, {}],
    [{ properties: { options: { ...withMode, default: {} } } }, {}, { options: { mode: 'safe' } }],
    [
      { properties: { list: { items: withMode } } },
      { list: [{}, { mode: 'fast' }] },
      { list: [{ mode: 'safe' }, { mode: 'fast' }] },
    ],
    [
      { properties: { list: { prefixItems: [true, withMode] } } },
      { list: [{}, {}, {}] },
      { list: [{}, { mode: 'safe' }, {}] },
    ],
    [
      { properties: { list: { prefixItems: [true], items: withMode } } },
      { list: [{}, {}] },
      { list: [{}, { mode: 'safe' }] },
    ],
    [
      { additionalProperties: withMode, properties: { own: true } },
      { own: {}, a: {} },
      { own: {}, a: { mode: 'safe' } },
    ],
  ] as [Json, Json, Json][])
    assert.deepEqual(complete(schema, given), whole)
})

test('allOf and $ref are followed, whatever they refer to, and what is nearest counts', () => {
  const $defs = {
    mode,
    options: { $anchor: 'options', ...withMode },
    far: { $id: 'far', properties: { a: { default: 1 } } },
  }
  for (const [schema, given, whole] of [
    [{ $defs, properties: { mode: { $ref: '#/$defs/mode' } } }, {}, { mode: 'safe' }],
    [{ $defs, properties: { mode: { $ref: '#/$defs/mode', default: 'fast' } } }, {}, { mode: 'fast' }],
    [{ $defs, $ref: '#options' }, {}, { mode: 'safe' }],
    [
      { $defs, allOf: [{ $ref: 'far' }, withMode, { properties: { mode: { default: 'fast' } } }] },
      {},
      { a: 1, mode: 'safe' },
    ],
    [
      { $defs, properties: { child: { $ref: '#' }, mode } },
      { child: { child: {} } },
      { child: { child: { mode: 'safe' }, mode: 'safe' }, mode: 'safe' },
    ],
  ] as [Json, Json, Json][])
    assert.deepEqual(complete(schema, given), whole)
})

test('what may not be meant is not filled in, and not checked', () => {
  const wrong = { properties: { mode: { ...mode, default: 'wrong' } } }
  const schema = {
    ...{ anyOf: [wrong], oneOf: [wrong], if: wrong, else: wrong, not: { required: ['x'], ...wrong } },
    ...{ dependentSchemas: { a: wrong }, patternProperties: { '^a': wrong }, additionalProperties: wrong },
    properties: { list: { contains: wrong } },
  }
  const args = { a: {}, b: {}, list: [{}] }
  assert.equal(complete(schema, args), args)
  assert.equal(flawOf(schema), undefined)
})

test('the very same arguments come back when nothing is missing, and what was given is not changed', () => {
  const schema = { properties: { options: withMode, list: { items: withMode } } }
  const whole = { options: { mode: 'fast' }, list: [{ mode: 'fast' }] }
  assert.equal(complete(schema, whole), whole)
  const given = { options: {} }
  complete(schema, given)
  assert.deepEqual(given, { options: {} })
  const named = JSON.parse('{"properties":{"__proto__":{"default":{"a":1}},"toString":{"default":"x"}}}')
  assert.deepEqual(Object.entries(complete(named, {})), [
    ['__proto__', { a: 1 }],
    ['toString', 'x'],
  ])
})

test('a default that its own schema refuses is found with its place', () => {
  const wrong = { ...mode, default: 'wrong' }
  for (const [schema, path] of [
    [{ properties: { mode: wrong } }, 'mode'],
    [{ properties: { a: { properties: { b: wrong } } } }, 'a/b'],
    [{ properties: { a: { items: { properties: { b: wrong } } } } }, 'a/0/b'],
    [{ additionalProperties: { properties: { b: wrong } } }, '*/b'],
    [{ allOf: [{ properties: { a: { $ref: '#/$defs/wrong' } } }], $defs: { wrong } }, 'a'],
    [
      { properties: { a: { type: 'object', required: ['b'], properties: { b: { type: 'string' } }, default: {} } } },
      'a/b',
    ],
  ] as [Json, string][]) {
    const flaw = flawOf(schema)
    assert.equal([...(flaw?.path ?? []), ...(flaw?.member === undefined ? [] : [flaw.member])].join('/'), path)
  }
  // What it lacks is filled in as well.
  const nested = { type: 'object', required: ['mode'], properties: { mode }, default: {} }
  assert.equal(flawOf({ properties: { a: nested } }), undefined)
})

test('defaults that hold each other, or become too large together, are refused and take no time', () => {
  const endless = { properties: { child: { $ref: '#', default: {} } } }
  assert.throws(() => complete(endless, {}), TooCostly)
  assert.throws(() => flawOf(endless), TooCostly)
  const twice = { properties: { a: { $ref: '#', default: {} }, b: { $ref: '#', default: {} } } }
  assert.throws(() => complete(twice, {}), TooCostly)
  const large = { properties: { list: { items: { properties: { a: { default: 'x'.repeat(10_000) } } } } } }
  const list = Array.from({ length: limits.argumentsBytes / 10_000 + 1 }, () => ({}))
  assert.throws(() => complete(large, { list }), /larger than 262144 bytes/)
  const circle = { properties: { a: { $ref: '#/properties/b' }, b: { $ref: '#/properties/a', default: 1 } } }
  assert.throws(() => complete(circle, { a: 1 }), TooCostly)
})
