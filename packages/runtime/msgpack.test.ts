import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { packMessage, unpackMessage } from './msgpack.ts'

test('keys of a value are what they were, whatever they are called', () => {
  for (const text of [
    '{"__proto__":{"__proto__":1,"a":[{"__proto__":null}]},"b":2}',
    '{"toJSON":"x","constructor":3,"hasOwnProperty":4}',
    '[{"toJSON":{"toJSON":1}}]',
    '{"text":"__proto__","at":1767225600123,"far":-0.5}',
    '{"__proto_":1,"__proto__":2}',
  ]) {
    const value = JSON.parse(text)
    assert.equal(JSON.stringify(unpackMessage(packMessage(value))), text)
  }
  assert.equal(
    Object.hasOwn(Object(unpackMessage(packMessage(JSON.parse('{"__proto__":{"x":1}}')))), '__proto__'),
    true,
  )
})

test('bytes stay bytes beside such keys', () => {
  const value = { data: Buffer.from([1, 2, 3]), key: '__proto__' }
  assert.deepEqual(unpackMessage(packMessage(value)), value)
})

test('what is nested too deep is refused, and what comes next is read', () => {
  const arrays = (levels: number) => Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.from([0xc0])])
  const maps = (levels: number) => Buffer.from(`${'81a161'.repeat(levels)}c0`, 'hex')
  const prototypes = (levels: number) => Buffer.from(`${'81a95f5f70726f746f5f5f'.repeat(levels)}c0`, 'hex')
  for (const make of [arrays, maps, prototypes]) {
    for (const levels of [limits.foreignDepth + 1, 3_000, 100_000]) assert.throws(() => unpackMessage(make(levels)))
    unpackMessage(make(limits.foreignDepth))
    assert.deepEqual(unpackMessage(packMessage({ a: [1] })), { a: [1] })
  }
})
