import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'

let router: RouterForTests
let serving: ServingAgent
before(async () => {
  router = await startRouterForTests()
  const input_schema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }
  const tools = [toolOf('look', { input_schema }), toolOf('purge', { input_schema, risk: 'destructive' })]
  serving = await servingAgent(router.client, 'worker', 'prod', tools)
})
after(async () => {
  serving.agent.close()
  await router.stop()
})

const plan = (tool: string, args: Record<string, unknown> = { path: '/tmp' }, by = router.client) =>
  by.call('invocations.plan', { body: { workspace: 'prod', tool, args } })

test('a plan says what would run, under which schema, and where', async () => {
  const planned = await plan('look')
  assert.deepEqual([planned.risk, planned.decision, planned.approval], ['read', 'run', null])
  assert.deepEqual(planned.input_schema.required, ['path'])
  assert.deepEqual(
    planned.agents.map(({ hindrance, in_flight }) => [hindrance, in_flight]),
    [[null, 0]],
  )
})

test('a plan says who would be asked, and whether the requester is among them', async () => {
  const { decision, approval } = await plan('purge')
  assert.equal(decision, 'ask')
  assert.deepEqual(approval, {
    risk: 'destructive',
    timeout_seconds: 900,
    scope: 'execution',
    requester_may_decide: true,
    needs: ['anyone who may decide approvals'],
  })
  await router.client.call('project.update', { body: { allow_self_approval: false } })
  assert.equal((await plan('purge')).approval?.requester_may_decide, false)
})

test('a plan says why an agent would not take the call now', async () => {
  const [agent] = (await plan('look')).agents
  assert.ok(agent)
  await router.client.call('agents.pause', { params: { id: agent.agent }, body: {} })
  assert.deepEqual(
    (await plan('look')).agents.map(({ hindrance }) => hindrance),
    ['paused'],
  )
  await router.client.call('agents.resume', { params: { id: agent.agent }, body: {} })
})

test('what a submit refuses, a plan refuses in the same words, and nothing is stored', async () => {
  const submit = (tool: string, args: Record<string, unknown>) =>
    router.client.call('invocations.submit', { body: { workspace: 'prod', tool, args } })
  for (const [tool, args] of [
    ['look', {}],
    ['look', { path: 1 }],
    ['nothing', { path: '/tmp' }],
  ] as const) {
    const told = async (work: Promise<unknown>) =>
      work.then(
        () => 'nothing',
        ({ code, message, param }) => ({ code, message, param }),
      )
    const refused = await told(plan(tool, args))
    assert.notEqual(refused, 'nothing')
    assert.deepEqual(refused, await told(submit(tool, args)))
  }
  assert.deepEqual((await router.client.call('executions.list')).data, [])
})
