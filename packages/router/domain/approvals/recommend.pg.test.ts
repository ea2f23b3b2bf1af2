import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'

let system: RouterForTests
let serving: ServingAgent
/** Of a model. */
let model: RouterForTests['client']
before(async () => {
  system = await startRouterForTests({})
  serving = await servingAgent(system.client, 'host', 'ws', [toolOf('stop', { risk: 'destructive' })])
  const { key } = await system.client.call('apiKeys.create', { body: { name: 'model', scopes: ['execution'] } })
  model = system.clientWith(key)
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

async function ask(by = system.client) {
  const body = { workspace: 'ws', tool: 'stop', args: {} }
  const { id, approval_id } = await by.call('invocations.submit', { body })
  return { id, params: { id: approval_id ?? '' } }
}

test('what a model recommends is shown beside the votes and fills no place', async () => {
  const { id, params } = await ask()
  await model.call('approvals.recommend', { params, body: { recommendation: 'approve', note: 'harmless' } })
  const body = { recommendation: 'reject', note: 'the last node of its zone' } as const
  const shown = await model.call('approvals.recommend', { params, body })
  assert.deepEqual(
    shown.recommendations.map(({ recommendation, by_name, note }) => ({ recommendation, by_name, note })),
    [{ recommendation: 'reject', by_name: 'model', note: body.note }],
    'the last one of each',
  )
  assert.deepEqual([shown.state, shown.votes, shown.needed], ['pending', [], 1])
  const { data } = await system.client.call('approvals.list', { query: {} })
  assert.equal(data.find((one) => one.id === params.id)?.recommendations.length, 1)

  const events = await system.router.core.store.db
    .selectFrom('events')
    .select('data')
    .where('approval_id', '=', params.id)
    .where('kind', '=', 'approval.recommended')
    .orderBy('seq')
    .execute()
  assert.deepEqual(
    events.map((event) => (event.data as { recommendation: string }).recommendation),
    ['approve', 'reject'],
  )
  await system.client.call('approvals.approve', { params, body: {} })
  await serving.answer(await serving.agent.next('dispatch'))
  assert.equal((await system.client.call('executions.show', { params: { id } })).state, 'completed')
})

test('whoever asked, a digest of something else, and what is decided get no recommendation', async () => {
  const { params } = await ask(model)
  const body = { recommendation: 'approve', note: 'do it' } as const
  await assert.rejects(model.call('approvals.recommend', { params, body }), { code: 'self_approval' })
  const other = { ...body, digest: '0'.repeat(64) }
  const recommend = (what: { recommendation: 'approve'; note: string; digest?: string }, on = params) =>
    system.client.call('approvals.recommend', { params: on, body: what })
  await assert.rejects(recommend(other), { code: 'approval_voided' })
  await assert.rejects(recommend({ ...body, note: ' \u200b' }), { code: 'invalid_body' })
  await assert.rejects(recommend(body, { id: 'none' }), { code: 'approval_not_found' })
  await system.client.call('approvals.reject', { params, body: {} })
  await assert.rejects(recommend(body), { code: 'approval_already_decided' })
  assert.deepEqual((await system.client.call('approvals.show', { params })).recommendations, [])
})
