import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { publicEventOf } from './public-event.ts'

const named = (data: string) => publicEventOf({ event: 'x_exec.execution.completed', id: '7', data })
const nested = (levels: number) => `{"object":"execution","args":${'['.repeat(levels)}${']'.repeat(levels)}}`

test('an event nested deeper than anything of ours follows it is passed over, and the next one read', () => {
  for (const levels of [limits.foreignDepth, 200_000]) assert.equal(named(nested(levels)), undefined)
  assert.equal(named(nested(limits.foreignDepth - 1))?.id, '7')
})

test('an event that is no JSON object is passed over', () => {
  for (const data of ['', '{', 'null', '7', '"text"']) assert.equal(named(data), undefined, data)
})
