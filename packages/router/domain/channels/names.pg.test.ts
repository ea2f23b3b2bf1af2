import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

const system = await startRouterForTests()
const { client } = system
after(() => system.stop())

const create = (name: string, rules: string[] = []) =>
  client.call('channels.create', { body: { kind: 'email', name, to: ['a@example.com'], rules } })
const update = (id: string, body: { name?: string; rules?: string[] }) =>
  client.call('channels.update', { params: { id }, body })
const apply = (names: string[], draft = false) => {
  const rules = names.map((name) => ({ name, when: 'false', then: { quorum: 1 } }))
  return client.call('policies.apply', { params: { policy: 'p' }, body: { document: { rules }, draft } })
}
const taken = { code: 'name_taken', param: 'name' }

test('of two channels that would have one name the second is refused, until the first is deleted', async () => {
  const [first, second] = await Promise.allSettled([create('#ops'), create('#ops')])
  const made = [first, second].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  assert.equal(made.length, 1)
  const id = made[0]?.id ?? ''
  await assert.rejects(create('#ops'), taken)
  const other = await create('#dev')
  await assert.rejects(update(other.id, { name: '#ops' }), taken)
  assert.equal((await update(id, { name: '#ops' })).name, '#ops')
  await client.call('channels.delete', { params: { id } })
  assert.equal((await update(other.id, { name: '#ops' })).name, '#ops')
})

test('a channel names rules that a policy or its draft has, and keeps one that went', async () => {
  await apply(['night'])
  await apply(['night', 'day'], true)
  const { id } = await create('rules', ['night', 'day'])
  const unknown = { code: 'invalid_body', param: 'rules.1', message: /has a rule "noon"/ }
  await assert.rejects(create('more', ['night', 'noon']), unknown)
  await assert.rejects(update(id, { rules: ['day', 'noon'] }), unknown)
  await client.call('policies.delete', { params: { policy: 'p' } })
  assert.deepEqual((await update(id, { rules: ['night'] })).rules, ['night'])
  await assert.rejects(create('late', ['night']), { param: 'rules.0' })
})

test('quiet hours that end when they begin are refused', async () => {
  const quiet_hours = { from: '22:00', to: '22:00', time_zone: 'UTC' }
  const body = { kind: 'email' as const, name: 'quiet', to: ['a@example.com'], quiet_hours }
  await assert.rejects(client.call('channels.create', { body }), { code: 'invalid_body', param: 'quiet_hours' })
})
