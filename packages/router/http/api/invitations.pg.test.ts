import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
before(async () => {
  people = await startPeopleForTests()
})
after(() => people.router.stop())

const invitations = 'management/invitations'
const invite = (email: string, body: object = {}) => people.told('POST', invitations, { email, ...body })
const accept = (token: string, name = 'Somebody') =>
  people.router.call('POST', '/v1/invitations/accept', { key: null, body: { token, name } })
async function notAccepted(code: string, token: string): Promise<void> {
  const { body } = await accept(token)
  assert.deepEqual([body.error?.code, body.error?.param], [code, 'token'])
}

test('somebody unknown is invited, is pending until they come with the token, and then acts with a key of their own', async () => {
  await people.told('POST', 'management/groups', { name: 'sre' })
  const { token, ...invitation } = await invite('Anna@Example.com', { groups: ['SRE'] })
  assert.match(token, /^xinv_/)
  assert.deepEqual([invitation.state, invitation.groups, invitation.role], ['pending', ['sre'], 'member'])
  assert.deepEqual(await people.told('GET', `${invitations}/${invitation.id}`), invitation)
  const { status, body } = await accept(token, 'Anna')
  assert.equal(status, 201)
  assert.deepEqual(
    [body.project, body.member.email, body.member.name, body.member.role, body.member.groups],
    ['acme', 'Anna@Example.com', 'Anna', 'member', ['sre']],
  )
  const me = await people.told('GET', 'whoami', undefined, body.api_key.key)
  assert.deepEqual([me.person.id, me.key.scopes], [body.member.id, ['inference', 'execution']])
  const shown = await people.told('GET', `${invitations}/${invitation.id}`)
  assert.deepEqual([shown.state, shown.accepted_by], ['accepted', body.member.id])
  const kinds = await people.kinds()
  assert.deepEqual(kinds.slice(-4), ['user.created', 'member.added', 'invitation.accepted', 'api_key.created'])
})

test('the token is in no list, no record and no event', async () => {
  const { token } = await invite('secret@example.com')
  const events = await people.router.core.store.db.selectFrom('events').selectAll().execute()
  const listed = await people.told('GET', invitations)
  assert.ok(!JSON.stringify([events, listed]).includes(token))
  assert.ok(!('token' in listed.data[0]))
})

test('an invitation is accepted once, also by two at once', async () => {
  const { token } = await invite('once@example.com')
  const statuses = (await Promise.all([accept(token), accept(token), accept(token)])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [201, 401, 401])
  await notAccepted('invitation_accepted', token)
})

test('a token that was tampered with, or is none, is of no invitation', async () => {
  const { token } = await invite('tampered@example.com')
  const other = token.endsWith('A') ? 'B' : 'A'
  for (const wrong of [`${token.slice(0, -1)}${other}`, token.slice(0, -1), `${token}A`, 'xinv_', people.router.key]) {
    await notAccepted('invitation_invalid', wrong)
  }
})

test('an expired invitation is refused, shows as expired, and makes room for another', async () => {
  const { id, token } = await invite('late@example.com', { expires_in_hours: 1 })
  await people.refused('invitation_pending', 'POST', invitations, { email: 'LATE@example.com' })
  people.router.clock.shift(3_600_000)
  await notAccepted('invitation_expired', token)
  assert.equal((await people.told('GET', `${invitations}/${id}`)).state, 'expired')
  const expired = await people.told('GET', `${invitations}?status=expired`)
  assert.ok(expired.data.some((one: { id: string }) => one.id === id))
  await people.refused('illegal_transition', 'DELETE', `${invitations}/${id}`)
  await invite('late@example.com')
  assert.ok((await people.kinds()).includes('invitation.expired'))
})

test('a revoked invitation is refused, and revoked again in peace', async () => {
  const { id, token } = await invite('unwanted@example.com')
  const revoked = await people.told('DELETE', `${invitations}/${id}`)
  assert.equal(revoked.state, 'revoked')
  assert.deepEqual(await people.told('DELETE', `${invitations}/${id}`), revoked)
  await notAccepted('invitation_revoked', token)
})

test('an invitation of another project is not found here, and makes a member there alone', async () => {
  const there = await people.router.makeProject('there')
  const asked = { key: there.key, body: { email: 'foreign@example.com', role: 'owner' } }
  const { body } = await people.router.call('POST', `/there/v1/${invitations}`, asked)
  assert.equal(body.created_by.startsWith('key_'), true, 'a service key invites the first owner')
  await people.refused('invitation_not_found', 'GET', `${invitations}/${body.id}`)
  await people.refused('invitation_not_found', 'DELETE', `${invitations}/${body.id}`)
  const accepted = await accept(body.token, 'Foreigner')
  assert.equal(accepted.body.project, 'there')
  await people.refused('member_not_found', 'GET', `management/members/${accepted.body.member.id}`)
  const again = await people.router.call('POST', `/there/v1/${invitations}`, {
    ...asked,
    body: { email: 'x@example.com' },
  })
  assert.equal(again.body.error.code, 'owner_required')
})

test('somebody whom the router knows keeps their name, and comes back deactivated by no invitation', async () => {
  const there = await people.router.makeProject('other')
  const known = await people.router.makePerson('known', { projectId: there.projectId })
  const { token } = await invite('KNOWN@example.com')
  const { body } = await accept(token, 'Another name')
  assert.deepEqual([body.member.id, body.member.name], [known.id, 'known'])
  await people.refused('already_member', 'POST', invitations, { email: 'known@example.com' })
  const gone = await people.router.makePerson('gone', { projectId: there.projectId })
  const { token: second } = await invite(gone.email)
  await people.router.core.store.db.updateTable('users').set({ active: false }).where('id', '=', gone.id).execute()
  assert.equal((await accept(second)).body.error.code, 'user_inactive')
})

test('an unknown group is named, and a deleted one is left out', async () => {
  const body = { email: 'groups@example.com', groups: ['none'] }
  assert.equal((await people.refused('group_not_found', 'POST', invitations, body)).param, 'groups.0')
  await people.told('POST', 'management/groups', { name: 'brief' })
  const { token } = await invite('groups@example.com', { groups: ['brief'] })
  await people.told('DELETE', 'management/groups/brief')
  assert.deepEqual((await accept(token)).body.member.groups, [])
})
