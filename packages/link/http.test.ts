import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { httpsRequest } from './http.ts'

/** What the agent makes of this answer of its router. */
async function answerOf(t: TestContext, text: string) {
  const server = createServer((_, response) => void response.end(text)).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/enroll`)
  return httpsRequest({ method: 'POST', url, allowInsecure: true, body: {} })
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

test('an answer nested deeper than anything of ours follows it is as good as none', async (t) => {
  assert.notEqual((await answerOf(t, nested(limits.foreignDepth))).body, undefined)
  for (const levels of [limits.foreignDepth + 1, 100_000])
    assert.equal((await answerOf(t, nested(levels))).body, undefined)
})

test('an answer without an end is cut off where no answer of ours is as long', async (t) => {
  await assert.rejects(answerOf(t, 'x'.repeat(8_000_000)), /answered more than \d+ bytes/)
})
