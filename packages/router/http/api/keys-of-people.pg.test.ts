import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
before(async () => {
  people = await startPeopleForTests()
})
after(() => people.router.stop())

const keys = 'management/api-keys'

test('an owner makes a key for a member, within what the role of that member has', async () => {
  const anna = await people.router.makePerson('anna')
  const body = { name: 'laptop', user: 'ANNA@example.com', scopes: ['execution'] }
  const made = await people.told('POST', keys, body)
  assert.deepEqual([made.user_id, made.user], [anna.id, anna.email])
  assert.equal((await people.told('GET', 'whoami', undefined, made.key)).person.id, anna.id)
  const beyond = { ...body, scopes: ['management'] }
  assert.equal((await people.refused('invalid_body', 'POST', keys, beyond)).param, 'scopes')
  const unknown = { ...body, user: 'nobody@example.com' }
  assert.equal((await people.refused('member_not_found', 'POST', keys, unknown)).param, 'user')
})

test('a service key makes keys of nobody alone, once the project has an owner', async () => {
  const ben = await people.router.makePerson('ben')
  const service = await people.router.makeKey({})
  const body = { name: 'ci', scopes: ['execution'] }
  assert.equal((await people.told('POST', keys, body, service.key)).user_id, null)
  await people.refused('owner_required', 'POST', keys, { ...body, user: ben.id }, service.key)
})

test('only its person gives a key another value, and whoever rotates a service key is of its line', async () => {
  const carl = await people.router.makePerson('carl', { role: 'owner', scopes: ['management'] })
  await people.refused('key_of_another', 'POST', `${keys}/${carl.keyId}/rotate`)
  await people.told('POST', `${keys}/${carl.keyId}/rotate`, undefined, carl.key)
  const service = await people.router.makeKey({})
  await people.told('POST', `${keys}/${service.id}/rotate`, undefined, carl.key)
  const { db } = people.router.core.store
  const row = await db.selectFrom('api_keys').select('rotated_by').where('id', '=', service.id).executeTakeFirst()
  assert.deepEqual(row?.rotated_by, [carl.keyId])
})
