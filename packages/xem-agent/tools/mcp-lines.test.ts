import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import { createLineReader, LineTooLong } from './mcp-lines.ts'

test('lines are the same however they are cut', () => {
  const text = 'one\n\ntwo é😀\n{"a":"\\n"}\nrest'
  const bytes = Buffer.from(text)
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const reader = createLineReader(1000)
    const lines: string[] = []
    for (let at = 0; at < bytes.length; at += size) lines.push(...reader.read(bytes.subarray(at, at + size)))
    assert.deepEqual(lines, ['one', '', 'two é😀', '{"a":"\\n"}'])
  }
})

test('a line of megabytes in single bytes is read in time that grows with its length', () => {
  const reader = createLineReader(4_000_000)
  const byte = Buffer.from('x')
  const from = threadMs()
  for (let count = 0; count < 3_000_000; count++) reader.read(byte)
  const [line] = reader.read(Buffer.from('\n'))
  assert.equal(line?.length, 3_000_000)
  assert.ok(threadMs() - from < 10_000)
})

test('a line beyond the limit is refused before it is whole', () => {
  const reader = createLineReader(10)
  assert.deepEqual(reader.read(Buffer.from('0123456789\n')), ['0123456789'])
  assert.throws(() => reader.read(Buffer.from('0123456789x')), LineTooLong)
})
