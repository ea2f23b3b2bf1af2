import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { compileSchema, completeArguments } from './arguments.ts'

function toolWith(pattern: string): ToolDescriptor {
  const input_schema = { type: 'object', properties: { name: { type: 'string', pattern } } }
  return { name: 'any', input_schema, schema_digest: sha256Hex(pattern), operands: [] } as unknown as ToolDescriptor
}

const faultOf = (pattern: string, name: string): Fault | undefined => {
  try {
    completeArguments(toolWith(pattern), { name })
    return undefined
  } catch (error) {
    assert.ok(error instanceof Fault)
    return error
  }
}

test('a pattern is held against the argument, wherever it matches', () => {
  for (const [pattern, good, bad] of [
    ['^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', 'web-1', 'Web'],
    ['^/var/log/', '/var/log/syslog', 'x/var/log/'],
    ['^\\u00e9\\/[\\w.-]+$', 'é/a.b-c', 'e/a'],
    ['b+', 'abc', 'ac'],
  ] as const) {
    assert.equal(faultOf(pattern, good), undefined, pattern)
    assert.equal(faultOf(pattern, bad)?.param, 'args.name', pattern)
  }
})

test('a pattern that would backtrack for longer than the world is old is answered', () => {
  assert.equal(faultOf('^(a+)+$', `${'a'.repeat(50_000)}!`)?.code, 'invalid_arguments')
})

test('a pattern that is none is an error of the schema', () => {
  assert.throws(() => completeArguments(toolWith('(unclosed'), { name: 'x' }), SyntaxError)
})

test('a pattern of another dialect is one of no dialect, and is named by its place', () => {
  for (const pattern of ['(?P<x>a)', '(?i)a', '\\A a']) {
    const schema = { properties: { list: { items: { type: 'string', pattern } } } }
    assert.throws(() => compileSchema(`dialect ${pattern}`, schema), {
      name: 'SyntaxError',
      message: /^properties\.list\.items\.pattern: Invalid regular expression/,
    })
  }
  assert.throws(
    () => compileSchema('names', { patternProperties: { '(?i)a': {} } }),
    /^SyntaxError: patternProperties: /,
  )
})

test('a schema that no object fits by its type is none', () => {
  for (const type of ['string', ['array', 'null']])
    assert.throws(() => compileSchema(`type ${type}`, { type }), /type must be "object"/)
  for (const schema of [{}, { type: 'object' }, { type: ['null', 'object'] }])
    compileSchema(`type ${JSON.stringify(schema)}`, schema)
})

test('a number that JSON can write and nothing can hold is refused with its path', () => {
  const args = JSON.parse('{"a":{"b":[1,1e400]}}')
  const tool = {
    name: 'any',
    input_schema: { type: 'object' },
    schema_digest: 'any',
    operands: [],
  } as unknown as ToolDescriptor
  assert.throws(() => completeArguments(tool, args), { code: 'invalid_arguments', param: 'args.a.b.1' })
})

test('an integer that was rounded on its way is refused with its path', () => {
  const tool = {
    name: 'any',
    input_schema: { type: 'object' },
    schema_digest: 'any',
    operands: [],
  } as unknown as ToolDescriptor
  for (const written of ['9007199254740993', '-9007199254740993', '12345678901234567890', '1e300'])
    assert.throws(() => completeArguments(tool, JSON.parse(`{"a":[${written}]}`)), {
      code: 'invalid_arguments',
      param: 'args.a.0',
    })
  completeArguments(tool, { a: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.5, 1e-300] })
})

const anything = {
  name: 'any',
  input_schema: { type: 'object' },
  schema_digest: 'any',
  operands: [],
} as unknown as ToolDescriptor

test('arguments may have as many bytes of canonical JSON as their limit says, and not one more', () => {
  // Two bytes a letter: it is bytes that count.
  const room = limits.argumentsBytes - '{"text":""}'.length
  const text = `${'é'.repeat(Math.floor(room / 2))}${'x'.repeat(room % 2)}`
  completeArguments(anything, { text })
  assert.throws(() => completeArguments(anything, { text: `${text}x` }), {
    code: 'invalid_arguments',
    status: 400,
    param: 'args',
    message: `The arguments are larger than ${limits.argumentsBytes} bytes.`,
  })
})

test('arguments may be nested as deep as their limit says, and not one deeper', () => {
  const nested = (levels: number): Record<string, unknown> => (levels === 0 ? {} : { in: nested(levels - 1) })
  completeArguments(anything, nested(limits.argumentsDepth))
  assert.throws(() => completeArguments(anything, nested(limits.argumentsDepth + 1)), {
    code: 'invalid_arguments',
    status: 400,
    param: `args${'.in'.repeat(limits.argumentsDepth + 1)}`,
    message: `The arguments are nested deeper than ${limits.argumentsDepth} levels.`,
  })
})

test('a schema whose check would answer with a promise is none', () => {
  const input_schema = { $async: true, type: 'object', required: ['a'] }
  const tool = { name: 'any', input_schema, schema_digest: 'async', operands: [] } as unknown as ToolDescriptor
  assert.throws(() => completeArguments(tool, {}), /must not have "\$async"/)
})

function toolOf(name: string, input_schema: Record<string, unknown>): ToolDescriptor {
  return { name, input_schema, schema_digest: name, operands: [] } as unknown as ToolDescriptor
}
const tooLong = { code: 'invalid_arguments', status: 400, param: 'args', message: /it takes more than \d+ steps/ }

test('a schema that looks at its arguments in exponentially many ways is given up, and the router goes on', () => {
  const way = { allOf: [{ properties: { in: { $ref: '#/$defs/node' } } }, { required: ['never'] }] }
  const tool = toolOf('exponential', { $defs: { node: { anyOf: [way, way] } }, $ref: '#/$defs/node' })
  let args: Record<string, unknown> = {}
  for (let depth = 0; depth < 30; depth++) args = { in: args }
  assert.throws(() => completeArguments(tool, args), tooLong)
})

test('many items that must differ are compared in time that grows with their number', () => {
  const tool = toolOf('unique', { properties: { items: { uniqueItems: true } } })
  const items = Array.from({ length: 5_000 }, (_, n) => ({ n }))
  completeArguments(tool, { items })
  assert.throws(() => completeArguments(tool, { items: [...items, { n: 7 }] }), { param: 'args.items' })
})

test('a schema that refers to itself is checked like any other', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, additionalProperties: false }
  const tool = toolOf('list', { $defs: { node }, $ref: '#/$defs/node' })
  completeArguments(tool, { next: { next: {} } })
  assert.throws(() => completeArguments(tool, { next: { other: 1 } }), { param: 'args.next.other' })
})

test('a schema that takes too long to compile is none', () => {
  const properties = (value: number) => ({ properties: { a: { const: value } } })
  const anyOf = Array.from({ length: 50_000 }, (_, value) => properties(value))
  assert.throws(() => completeArguments(toolOf('endless', { anyOf }), {}), /more than 5000 parts/)
})

test('what a caller leaves out is filled in, once, and checked like what a caller gives', () => {
  const properties = { lines: { type: 'integer', maximum: 9, default: 5 }, all: { type: 'boolean', default: false } }
  const tool = toolOf('defaults', { type: 'object', properties: { ...properties, name: { type: 'string' } } })
  const given = { name: 'x', all: true }
  assert.deepEqual(completeArguments(tool, given), { name: 'x', all: true, lines: 5 })
  assert.deepEqual(given, { name: 'x', all: true })
  const whole = { lines: 1, all: false }
  assert.equal(completeArguments(tool, whole), whole)
  const bad = toolOf('bad default', {
    type: 'object',
    properties: { path: { type: 'string', pattern: '^/', default: '../x' } },
  })
  assert.throws(() => completeArguments(bad, {}), { code: 'invalid_arguments', param: 'args.path' })
})

test('what members and items leave out is filled in as well, and its size counts', () => {
  const entry = {
    type: 'object',
    additionalProperties: false,
    properties: { all: { type: 'boolean', default: false } },
  }
  const tool = toolOf('nested defaults', {
    type: 'object',
    properties: { list: { type: 'array', items: { $ref: '#/$defs/entry' } }, one: { allOf: [entry] } },
    $defs: { entry },
  })
  const args = completeArguments(tool, { list: [{}, { all: true }], one: {} })
  assert.deepEqual(args, { list: [{ all: false }, { all: true }], one: { all: false } })
  const items = { properties: { text: { default: 'x'.repeat(100_000) } } }
  const large = toolOf('large defaults', { type: 'object', properties: { list: { items } } })
  assert.throws(() => completeArguments(large, { list: [{}, {}, {}] }), { code: 'invalid_arguments', param: 'args' })
})

test('a value that the agent would refuse for its place in the command is refused here', () => {
  const operands = [
    { argument: 'name', may_be_empty: true },
    { argument: 'ids', may_be_empty: false },
  ]
  const tool = { ...toolOf('operands', { type: 'object' }), operands }
  completeArguments(tool, { name: '', ids: ['a', 'b-'], other: '-x' })
  for (const [args, param, reason] of [
    [{ name: '-rf' }, 'args.name', /must not begin with a hyphen/],
    [{ name: -5 }, 'args.name', /must not begin with a hyphen/],
    [{ ids: ['a', '--all'] }, 'args.ids', /must not begin with a hyphen/],
    [{ ids: [''] }, 'args.ids', /must not be empty/],
  ] as const)
    assert.throws(() => completeArguments(tool, args), { code: 'invalid_arguments', param, message: reason })
})

test('the values that a schema allows are named, as far as a message is read', () => {
  const messageFor = (allowed: unknown[]) => {
    const input_schema = { type: 'object', properties: { name: { enum: allowed } } }
    const tool = { name: 'any', input_schema, schema_digest: sha256Hex(JSON.stringify(allowed)), operands: [] }
    try {
      completeArguments(tool as unknown as ToolDescriptor, { name: 'other' })
    } catch (error) {
      assert.ok(error instanceof Fault)
      return error.message
    }
    return undefined
  }
  assert.match(messageFor(['a', 1, { b: null }]) ?? '', /allowed values: "a", 1, \{"b":null\}\.$/)
  const many = messageFor(Array.from({ length: 5000 }, (_, n) => (n === 0 ? 'x'.repeat(101) : n)))
  assert.match(many ?? '', /allowed values: …, 1, 2, .*, 19, and 4980 more\.$/)
})
