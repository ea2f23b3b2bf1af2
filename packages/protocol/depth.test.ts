import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeeperThan, isTooDeep, reasonOfParser, tooDeep } from './depth.ts'
import { limits } from './limits.ts'

const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

test('a value is as deep as its arrays and objects stand in each other', () => {
  assert.equal(isDeeperThan(nested(3), 3), false)
  assert.equal(isDeeperThan({ a: [{}] }, 2), true)
  assert.equal(isTooDeep(nested(limits.foreignDepth)), false)
  assert.equal(isTooDeep(nested(limits.foreignDepth + 1)), true)
  assert.equal(isTooDeep(nested(100_000)), true)
})

test('a parser without stack left means too deep, however it says so', () => {
  assert.equal(reasonOfParser(new RangeError('Maximum call stack size exceeded')), tooDeep)
  assert.equal(reasonOfParser(new Error('at 3: Maximum call stack size exceeded'), 'is too deep'), 'is too deep')
  assert.equal(reasonOfParser(new Error('a comma is missing')), 'a comma is missing')
})
