import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApiForTests } from '../api.fixture.ts'

const nul = 'a\u0000b'

test('a NUL character is refused by name wherever text comes in, as Postgres can hold none', async () => {
  const router = await startApiForTests()
  try {
    await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
    const cases: [method: string, path: string, body: unknown, param: string][] = [
      ['POST', 'exec/invocations', { workspace: 'lab', tool: 't', args: {}, reason: nul }, 'reason'],
      ['POST', 'exec/invocations', { workspace: nul, tool: 't', args: {} }, 'workspace'],
      ['POST', 'workspaces', { name: 'other', description: nul }, 'description'],
      ['POST', 'management/api-keys', { name: nul, scopes: ['execution'] }, 'name'],
      ['GET', 'workspaces/a%00b', undefined, 'id'],
      ['GET', 'exec/executions?workspace=a%00b', undefined, 'workspace'],
      ['GET', 'exec/approvals?tool=a%00b', undefined, 'tool'],
    ]
    for (const [method, path, body, param] of cases) {
      const answer = await router.call(method, `/acme/v1/${path}`, body === undefined ? {} : { body })
      assert.deepEqual([answer.status, answer.body.error?.param], [400, param], `${method} ${path}`)
    }
  } finally {
    await router.stop()
  }
})
