import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayHoldSecrets, secretPaths, valueAt, withValueAt } from './secrets.ts'

const secret = { type: 'string', writeOnly: true }
const password = { type: 'string', format: 'password' }

test('every secret that a schema can mark is found', () => {
  for (const [schema, args, paths] of [
    [{ properties: { a: secret, b: password, c: { type: 'string' } } }, { a: 'x', b: 'y', c: 'z' }, ['a', 'b']],
    [{ properties: { a: secret } }, {}, []],
    [{ properties: { in: { properties: { deep: secret } } } }, { in: { deep: 1, other: 2 } }, ['in.deep']],
    [{ properties: { list: { items: secret } } }, { list: ['x', 'y'] }, ['list.0', 'list.1']],
    [{ properties: { list: { prefixItems: [{}, secret] } } }, { list: ['x', 'y'] }, ['list.1']],
    [{ properties: { a: { anyOf: [{ type: 'null' }, secret] } } }, { a: 'x' }, ['a']],
    [{ allOf: [{ properties: { a: secret } }] }, { a: 'x' }, ['a']],
    [{ if: {}, else: { properties: { a: secret } } }, { a: 'x' }, ['a']],
    [{ properties: { a: { $ref: '#/$defs/key' } }, $defs: { key: password } }, { a: 'x' }, ['a']],
    [{ properties: { next: { $ref: '#' }, key: secret } }, { key: 1, next: { key: 2, next: {} } }, ['key', 'next.key']],
    [{ additionalProperties: secret }, { any: 'x' }, ['any']],
    [{ patternProperties: { '^x': secret } }, { x1: 'x' }, ['x1']],
    [{ properties: { a: { writeOnly: true, type: 'object' } } }, { a: { b: 1 } }, ['a']],
    [{ allOf: [{ $ref: '#' }] }, { a: 1 }, []],
  ] as const)
    assert.deepEqual(
      secretPaths(schema, args)
        .map((path) => path.join('.'))
        .sort(),
      paths,
      JSON.stringify(schema),
    )
  assert.ok(mayHoldSecrets({ properties: { a: secret } }) && mayHoldSecrets({ $defs: { a: password } }))
  assert.ok(!mayHoldSecrets({ properties: { a: { writeOnly: false } } }))
})

test('a value is replaced in a copy, by own members only', () => {
  const args = { a: { b: ['x', 'y'] }, c: 1 }
  const changed = withValueAt(args, ['a', 'b', '1'], 'z')
  assert.deepEqual(changed, { a: { b: ['x', 'z'] }, c: 1 })
  assert.deepEqual(args, { a: { b: ['x', 'y'] }, c: 1 })
  assert.equal(valueAt(args, ['a', 'b', '0']), 'x')
  for (const path of [['toString'], ['a', 'constructor'], ['a', 'b', '9']]) assert.equal(valueAt(args, path), undefined)
})
