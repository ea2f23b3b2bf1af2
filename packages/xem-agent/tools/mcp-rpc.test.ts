import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMcpRpc } from './mcp-rpc.ts'

const open = () => createMcpRpc({ send() {}, isListening: () => true })

test('the answers of a batch are heard, and lists in lists are none', async () => {
  const rpc = open()
  const first = rpc.request('one', {})
  const second = rpc.request('two', {})
  const answers = [
    { id: 1, result: 'a' },
    { id: 2, result: 'b' },
  ]
  rpc.hear([answers])
  rpc.hear(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))
  rpc.hear(answers)
  assert.deepEqual([await first.answer, await second.answer], ['a', 'b'])
})
