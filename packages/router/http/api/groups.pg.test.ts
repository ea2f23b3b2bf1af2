import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
before(async () => {
  people = await startPeopleForTests()
})
after(() => people.router.stop())

const groups = 'management/groups'

test('a group is made with its members, found by id and by name in any case, and listed', async () => {
  const anna = await people.router.makePerson('anna')
  const made = await people.told('POST', groups, { name: 'SRE', members: ['ANNA@example.com', anna.id, people.olga] })
  assert.deepEqual(
    made.members.map(({ name }: { name: string }) => name),
    ['owner', 'anna'],
  )
  assert.equal(made.created_by_name, 'owner')
  for (const reference of [made.id, 'SRE', 'sre']) {
    assert.deepEqual(await people.told('GET', `${groups}/${reference}`), made)
  }
  assert.deepEqual((await people.told('GET', groups)).data, [made])
  assert.deepEqual((await people.told('GET', `management/members/${anna.id}`)).groups, ['SRE'])
  assert.equal((await people.refused('name_taken', 'POST', groups, { name: 'sre' })).param, 'name')
})

test('members join and leave a group', async () => {
  const ben = await people.router.makePerson('ben')
  const { id } = await people.told('POST', groups, { name: 'on-call' })
  const join = () => people.told('POST', `${groups}/on-call/members`, { member: 'ben@example.com' })
  assert.equal((await join()).members[0].id, ben.id)
  assert.equal((await join()).members.length, 1)
  const left = await people.told('DELETE', `${groups}/${id}/members/${ben.email}`)
  assert.deepEqual(left.members, [])
  await people.refused('member_not_found', 'DELETE', `${groups}/${id}/members/${ben.id}`)
})

test('what is unknown is named: the group, the member, and which of them', async () => {
  const there = await people.router.makeProject('there')
  const stranger = await people.router.makePerson('stranger', { projectId: there.projectId })
  const made = { name: 'mixed', members: [people.olga, stranger.id] }
  const error = await people.refused('member_not_found', 'POST', groups, made)
  assert.deepEqual([error.param, error.message.includes(stranger.id)], ['members.1', true])
  await people.refused('group_not_found', 'GET', `${groups}/mixed`)
  await people.refused('group_not_found', 'POST', `${groups}/none/members`, { member: people.olga })
  assert.equal((await people.refused('invalid_body', 'POST', groups, { name: 'no good' })).param, 'name')
})

test('a group that is deleted is gone, and its name is free', async () => {
  await people.told('POST', groups, { name: 'short', members: [people.olga] })
  assert.equal((await people.told('DELETE', `${groups}/short`)).members.length, 1)
  await people.refused('group_not_found', 'DELETE', `${groups}/short`)
  await people.told('POST', groups, { name: 'short' })
  const kinds = await people.kinds()
  assert.deepEqual(kinds.slice(-3), ['group.created', 'group.deleted', 'group.created'])
})
