import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { policyWorld, sre } from '../policies/policy-world.fixture.ts'

const world = await policyWorld()
const { client, serving, as, apply, submit, show, finish } = world
after(() => world.stop())

type Item = { id: string; digest: string }

async function asked(tool = 'stop', args: Record<string, unknown> = { a: 1 }): Promise<Item> {
  const { approvalId } = await submit(tool, args)
  return { id: approvalId, digest: (await show(approvalId)).digest }
}

const decide = (decision: 'approve' | 'reject', approvals: Item[], by = client, note = 'seen') =>
  by.call('approvals.decide', { body: { decision, note, approvals } })

test('several calls of one tool are approved at once, each by its own digest and with its own record', async () => {
  const items = [await asked('stop', { a: 1 }), await asked('stop', { a: 2 })]
  const { decided, failed, results } = await decide('approve', items)
  assert.deepEqual([decided, failed], [2, 0])
  for (const [at, { id, approval }] of results.entries()) {
    assert.deepEqual([id, approval?.state, approval?.note], [items[at]?.id, 'approved', 'seen'])
    assert.deepEqual(
      approval?.votes.map(({ digest }) => digest),
      [items[at]?.digest],
    )
    await finish()
  }
})

test('what cannot be decided is told of by itself, and the others are decided', async () => {
  const items = [await asked(), await asked(), await asked(), await asked()]
  const [good, decidedBefore, other, last] = items
  assert.ok(good && decidedBefore && other && last)
  await client.call('approvals.reject', { params: { id: decidedBefore.id }, body: {} })
  const unknown = { id: randomUUID(), digest: 'd' }
  const { decided, failed, results } = await decide('reject', [
    good,
    decidedBefore,
    { ...other, digest: last.digest },
    unknown,
    { id: 'no id', digest: 'd' },
    last,
  ])
  assert.deepEqual([decided, failed], [2, 4])
  assert.deepEqual(
    results.map(({ approval, error }) => approval?.state ?? error?.code),
    ['rejected', 'approval_already_decided', 'approval_voided', 'approval_not_found', 'approval_not_found', 'rejected'],
  )
  assert.equal((await show(other.id)).state, 'pending', 'another digest decides nothing')
  await client.call('approvals.reject', { params: { id: other.id }, body: {} })
})

test('calls of another tool or risk, and what cannot be undone, are not decided together', async () => {
  await apply({ rules: [{ name: 'more', when: 'tool == "label"', then: { quorum: 1 } }] })
  const items = [await asked('stop'), await asked('label')]
  await assert.rejects(decide('approve', items), {
    code: 'invalid_request',
    param: 'approvals[1]',
    message: /label \(write\) is not stop \(destructive\)/,
  })
  const erase = await asked('erase')
  await assert.rejects(decide('approve', [erase]), { code: 'invalid_request', message: /one by one/ })
  await assert.rejects(decide('reject', [items[0] ?? erase, items[0] ?? erase]), { message: /twice/ })
  for (const { id } of [...items, erase]) {
    assert.equal((await show(id)).state, 'pending')
    await client.call('approvals.reject', { params: { id }, body: {} })
  }
  assert.equal(serving.agent.waiting.filter(({ t }) => t === 'dispatch').length, 0)
})

test('a raised risk counts, and the same tool with another is decided apart', async () => {
  await apply({ rules: [{ name: 'raise', when: 'args.a == 7', then: { risk: 'irreversible' } }] })
  const items = [await asked('stop', { a: 1 }), await asked('stop', { a: 7 })]
  await assert.rejects(decide('approve', items), { param: 'approvals[1]', message: /one by one/ })
  for (const { id } of items) await client.call('approvals.reject', { params: { id }, body: {} })
})

test('each is asked of those whom its policy names', async () => {
  await apply({ stages: [{ approvers: sre }], rules: [] })
  const items = [await asked(), await asked()]
  const refused = await decide('approve', items, as('dan'))
  assert.deepEqual(
    refused.results.map(({ error }) => error?.code),
    ['not_an_approver', 'not_an_approver'],
  )
  assert.equal((await decide('approve', items, as('sam'))).decided, 2)
  for (const _ of items) await finish()
})

test('a request decides so many at most', async () => {
  const many = Array.from({ length: limits.decisionsPerRequest + 1 }, () => ({ id: randomUUID(), digest: 'd' }))
  await assert.rejects(decide('reject', many), { code: 'invalid_body', param: 'approvals' })
})
