import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { approval, execution, page } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const id = '01a22ac2-9229-7001-b96c-f22be7af498d'
const twin = '01a22ac2-9229-7002-8d0e-4c2f9c1d2b9f'
const madeAt = Date.parse('2026-11-30T04:42:04.201Z')

async function ran(t: TestContext, words: string) {
  const server = await scriptedServer(({ path }, response) => {
    const isList = path.includes('?')
    const make = path.includes('approvals')
      ? (one: string) => approval({ id: one })
      : (one: string) => execution({ id: one })
    if (isList) return json(response, 200, page(make(id), make(twin)))
    if (path.includes(id)) return json(response, 200, make(id))
    refusal(response, 404, path.includes('approvals') ? 'approval_not_found' : 'execution_not_found')
  })
  t.after(() => server.close())
  return { ...(await xeroctl(t, words.split(' '), { env: envFor(server) })), seen: server.seen }
}

for (const words of [
  'exec show',
  'exec',
  'exec raw',
  'exec cancel',
  'approvals show',
  'approvals approve',
  'approvals reject',
]) {
  test(`xeroctl ${words} takes the beginning of an id that narrow tables show`, async (t) => {
    const { code, seen, stderr } = await ran(t, `${words} 01a22ac2-9229-7001`)
    assert.equal(code, 0, stderr)
    assert.ok(seen.at(-1)?.path.includes(id))
    const query = new URL(seen[0]?.path ?? '', 'http://router').searchParams
    assert.ok(Date.parse(query.get('since') ?? '') < madeAt && madeAt < Date.parse(query.get('until') ?? ''))
  })
}

test('the beginning of two ids decides neither of them', async (t) => {
  const { code, stderr, seen } = await ran(t, 'approvals approve 01a22ac2-9229')
  assert.deepEqual([code, seen.length], [2, 1])
  assert.match(stderr, /^error: 01a22ac2-9229 begins more than one id\nhint: Give more of it: 01a22ac2-9229-7001-/)
})

test('the beginning of none is not found, and a whole id is not looked for', async (t) => {
  assert.equal((await ran(t, 'exec show 01a22ac2-9229-7003')).code, 4)
  assert.equal((await ran(t, `exec show ${id}`)).seen.length, 1)
})
