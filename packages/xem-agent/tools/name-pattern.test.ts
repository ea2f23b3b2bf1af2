import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitsPattern, valueFor } from './name-pattern.ts'

test('a star stands for any characters, also none', () => {
  for (const [pattern, good, bad] of [
    ['get_*', ['get_', 'get_a', 'get_a_b'], ['get', 'xget_a']],
    ['*', ['', 'a', '*'], []],
    ['*_list', ['a_list', '_list'], ['a_lists', 'list']],
    ['a*b*c', ['abc', 'aXbXbc'], ['ab', 'acb']],
    ['get', ['get'], ['get_', 'Get']],
    ['a.b', ['a.b'], ['axb']],
  ] as const) {
    for (const name of good) assert.ok(fitsPattern(pattern, name), `${pattern} ${name}`)
    for (const name of bad) assert.ok(!fitsPattern(pattern, name), `${pattern} ${name}`)
  }
})

test('a name that was made to be tried often is answered', () => {
  assert.ok(!fitsPattern(`${'*a'.repeat(60)}b`, 'a'.repeat(200_000)))
})

test('the name itself counts first, then the first pattern, and only what was written', () => {
  const risks = { 'get_*': 'read', '*': 'write', get_all: 'destructive' }
  assert.deepEqual(
    ['get_all', 'get_one', 'set', 'constructor'].map((name) => valueFor(name, risks)),
    ['destructive', 'read', 'write', 'write'],
  )
  assert.equal(valueFor('toString', {}), undefined)
})
