import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
before(async () => {
  people = await startPeopleForTests()
})
after(() => people.router.stop())

const members = 'management/members'

/** A stream of approvals: resolves when it has ended. */
async function openStream(key: string): Promise<{ ended: Promise<unknown> }> {
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${people.router.url}/acme/v1/exec/approvals/stream`, { headers })
  assert.equal(response.status, 200)
  return { ended: response.text() }
}

test('who asks is a person in their project, or a service key that acts for nobody', async () => {
  const mine = await people.told('GET', 'whoami')
  const { id: _, ...person } = mine.person
  assert.deepEqual(person, {
    ...{ name: 'owner', email: 'owner@localhost', role: 'owner', system_role: 'admin', groups: [] },
    quiet_hours: null,
  })
  assert.deepEqual(
    [mine.project, mine.key.name, mine.key.scopes, mine.door],
    ['acme', 'bootstrap', ['inference', 'execution', 'management'], 'api'],
  )
  const service = await people.router.makeKey({ scopes: ['execution'] })
  assert.equal((await people.told('GET', 'whoami', undefined, service.key)).person, null)
})

test('a person sets their own quiet hours, with any key of theirs, and nobody else does', async () => {
  const nina = await people.router.makePerson('nina')
  const quiet_hours = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' }
  const set = await people.told('PATCH', 'whoami', { quiet_hours }, nina.key)
  assert.deepEqual([set.person.name, set.person.quiet_hours], ['nina', quiet_hours])
  assert.deepEqual((await people.told('GET', `${members}/${nina.id}`)).quiet_hours, quiet_hours)
  const events = people.router.core.store.db.selectFrom('events').select(['actor', 'data'])
  const { actor, data } = await events
    .where('kind', '=', 'member.updated')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow()
  assert.deepEqual([actor, data], [nina.id, { user_id: nina.id, quiet_hours }])
  assert.equal((await people.told('PATCH', 'whoami', { quiet_hours: null }, nina.key)).person.quiet_hours, null)
  const service = await people.router.makeKey({ scopes: ['execution'] })
  await people.refused('person_required', 'PATCH', 'whoami', { quiet_hours }, service.key)
  for (const wrong of [{ ...quiet_hours, to: '22:00' }, { ...quiet_hours, time_zone: 'Mars/Olympus' }, 'night'])
    assert.equal((await people.ask('PATCH', 'whoami', { quiet_hours: wrong }, nina.key)).status, 400)
})

test('a person of another project is added by their e-mail in any case, and only once', async () => {
  const there = await people.router.makeProject('elsewhere')
  const carl = await people.router.makePerson('carl', { projectId: there.projectId })
  const added = await people.told('POST', members, { email: 'CARL@Example.com' })
  assert.deepEqual(
    [added.id, added.email, added.role, added.active, added.added_by_name],
    [carl.id, 'carl@example.com', 'member', true, 'owner'],
  )
  assert.deepEqual(await people.told('GET', `${members}/carl@EXAMPLE.com`), added)
  await people.refused('already_member', 'POST', members, { email: 'carl@example.com' })
  assert.equal(
    (await people.refused('user_not_found', 'POST', members, { email: 'nobody@example.com' })).param,
    'email',
  )
  const theirs = await people.router.makePerson('stranger', { projectId: there.projectId })
  await people.refused('member_not_found', 'GET', `${members}/${theirs.id}`)
  // Their key is of their project, whoever they are here.
  const { status, body } = await people.ask('GET', 'whoami', undefined, carl.key)
  assert.deepEqual([status, body.error.code], [403, 'cross_project_access'])
})

for (const email of [
  'no address',
  'a@b@c',
  'anna@',
  'an\u200bna@example.com',
  '\u202eanna@example.com',
  `${'a'.repeat(251)}@b.c`,
]) {
  test(`${JSON.stringify(email).slice(0, 40)} is no e-mail, and the refusal names the field`, async () => {
    assert.equal((await people.refused('invalid_body', 'POST', members, { email })).param, 'email')
  })
}

test('members come in pages, by role if asked', async () => {
  for (const name of ['page-1', 'page-2']) await people.router.makePerson(name)
  const first = await people.told('GET', `${members}?limit=1`)
  assert.deepEqual([first.data[0].name, first.has_more], ['page-2', true])
  const second = await people.told('GET', `${members}?limit=1&after=${first.last_id}`)
  assert.equal(second.data[0].name, 'page-1')
  const owners = await people.told('GET', `${members}?role=owner`)
  assert.deepEqual(
    owners.data.map(({ id }: { id: string }) => id),
    [people.olga],
  )
  assert.equal((await people.refused('invalid_request', 'GET', `${members}?after=nonsense`)).param, 'after')
})

test('the last owner cannot go: neither removed, nor made a member, nor deactivated', async () => {
  const me = `${members}/${people.olga}`
  await people.refused('last_owner', 'DELETE', me)
  await people.refused('last_owner', 'PATCH', me, { role: 'member' })
  await people.refused('last_owner', 'PATCH', me, { active: false })
  const dora = await people.router.makePerson('dora', { role: 'owner', scopes: ['management'] })
  await people.told('PATCH', `${members}/${dora.id}`, { active: false })
  await people.refused('last_owner', 'DELETE', me)
  assert.equal((await people.told('GET', 'whoami')).person.role, 'owner')
})

test('of two owners who remove each other at once, one stays', async () => {
  const paul = await people.router.makePerson('paul', { role: 'owner', scopes: ['management'] })
  const other = await people.router.makePerson('quentin', { role: 'owner', scopes: ['management'] })
  await people.told('PATCH', `${members}/${people.olga}`, { role: 'member' }, paul.key)
  const answers = await Promise.all([
    people.ask('DELETE', `${members}/${other.id}`, undefined, paul.key),
    people.ask('DELETE', `${members}/${paul.id}`, undefined, other.key),
  ])
  const statuses = answers.map(({ status }) => status).sort()
  assert.equal(statuses[0], 200)
  assert.ok((statuses[1] ?? 0) >= 400, String(statuses))
  const [left] = answers[0]?.status === 200 ? [paul] : [other]
  const back = await people.told('PATCH', `${members}/${people.olga}`, { role: 'owner' }, left?.key)
  assert.equal(back.role, 'owner')
})

test('what owners cease to be leaves a key that may manage the project', async () => {
  const quiet = await people.router.makePerson('quiet', { role: 'owner', scopes: ['execution'] })
  const rest = (await people.told('GET', `${members}?role=owner`)).data
  for (const { id } of rest) {
    if (id !== quiet.id && id !== people.olga) await people.told('DELETE', `${members}/${id}`)
  }
  const { db } = people.router.core.store
  const service = db.updateTable('api_keys').where('user_id', 'is', null)
  await service.set({ scopes: ['execution'] }).execute()
  await people.refused('last_management_key', 'PATCH', `${members}/${people.olga}`, { role: 'member' })
  await people.told('DELETE', `${members}/${quiet.id}`)
})

test('a member who becomes an owner manages with the same key, and a former owner does not', async () => {
  const emil = await people.router.makePerson('emil', { scopes: ['execution', 'management'] })
  const list = () => people.ask('GET', members, undefined, emil.key)
  assert.deepEqual((await people.told('GET', 'whoami', undefined, emil.key)).key.scopes, ['execution'])
  assert.equal((await list()).body.error.code, 'scope_insufficient')
  await people.told('PATCH', `${members}/${emil.id}`, { role: 'owner' })
  assert.equal((await list()).status, 200)
  await people.told('PATCH', `${members}/${emil.id}`, { role: 'member' })
  assert.equal((await list()).body.error.code, 'scope_insufficient')
})

test('the keys of who is deactivated stop at once, and so do their streams, and they come back with them', async () => {
  const fred = await people.router.makePerson('fred')
  const stream = await openStream(fred.key)
  await people.told('PATCH', `${members}/${fred.id}`, { active: false })
  await stream.ended
  const { status, body } = await people.ask('GET', 'whoami', undefined, fred.key)
  assert.deepEqual([status, body.error.code], [401, 'authentication_error'])
  await people.refused('user_inactive', 'POST', members, { email: fred.email })
  await people.told('PATCH', `${members}/${fred.id}`, { active: true })
  assert.equal((await people.told('GET', 'whoami', undefined, fred.key)).person.name, 'fred')
})

test('who is removed loses keys, groups and delegations, and none of it comes back with them', async () => {
  const gina = await people.router.makePerson('gina')
  await people.told('POST', 'management/groups', { name: 'leavers', members: [gina.id] })
  const ends_at = new Date(people.router.clock.now() + 3_600_000).toISOString()
  const { id } = await people.told('POST', 'management/delegations', { kind: 'grant', to: gina.email, ends_at })
  const stream = await openStream(gina.key)
  const before = (await people.kinds()).length
  const removed = await people.told('DELETE', `${members}/${gina.email}`)
  assert.deepEqual([removed.id, removed.groups], [gina.id, ['leavers']])
  await stream.ended
  assert.deepEqual((await people.kinds()).slice(before), ['delegation.ended', 'api_key.revoked', 'member.removed'])
  await people.told('POST', members, { email: gina.email })
  assert.deepEqual((await people.told('GET', `${members}/${gina.id}`)).groups, [])
  assert.equal((await people.told('GET', `management/delegations/${id}`)).state, 'ended')
  assert.equal((await people.ask('GET', 'whoami', undefined, gina.key)).status, 401)
})

test('what somebody is in the whole installation is for admins, and for owners of their only project', async () => {
  const there = await people.router.makeProject('third')
  const hugo = await people.router.makePerson('hugo', { projectId: there.projectId })
  await people.told('POST', members, { email: hugo.email })
  const ines = await people.router.makePerson('ines', { role: 'owner', scopes: ['management'] })
  await people.refused('admin_required', 'PATCH', `${members}/${hugo.id}`, { active: false }, ines.key)
  await people.refused('admin_required', 'PATCH', `${members}/${ines.id}`, { system_role: 'admin' }, ines.key)
  const renamed = await people.told('PATCH', `${members}/${ines.id}`, { name: 'Inês' }, ines.key)
  assert.equal(renamed.name, 'Inês')
  assert.equal((await people.told('PATCH', `${members}/${hugo.id}`, { active: false })).active, false)
  const made = await people.told('PATCH', `${members}/${ines.id}`, { system_role: 'operator' })
  assert.equal(made.system_role, 'operator')
  for (const name of ['', ' ', 'a\nb', '\u202eanna']) {
    assert.equal((await people.refused('invalid_body', 'PATCH', `${members}/${ines.id}`, { name })).param, 'name')
  }
})

test('each change is an event with who made it, by which key and through which door', async () => {
  const jana = await people.router.makePerson('jana')
  await people.told('PATCH', `${members}/${jana.id}`, { role: 'owner', name: 'Jana' })
  const rows = await people.router.core.store.db
    .selectFrom('events')
    .select(['kind', 'actor', 'door', 'data'])
    .where('kind', 'in', ['member.updated', 'user.updated'])
    .orderBy('xid', 'desc')
    .orderBy('seq', 'desc')
    .limit(2)
    .execute()
  assert.deepEqual(rows.reverse(), [
    { kind: 'member.updated', actor: people.olga, door: 'api', data: { user_id: jana.id, role: 'owner' } },
    { kind: 'user.updated', actor: people.olga, door: 'api', data: { user_id: jana.id, name: 'Jana' } },
  ])
})
