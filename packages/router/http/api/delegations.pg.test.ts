import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PersonForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
let anna: PersonForTests
let ben: PersonForTests
before(async () => {
  people = await startPeopleForTests()
  anna = await people.router.makePerson('anna')
  ben = await people.router.makePerson('ben')
})
after(() => people.router.stop())

const delegations = 'management/delegations'
const inHours = (hours: number) => new Date(people.router.clock.now() + hours * 3_600_000).toISOString()
const create = (body: object) => people.told('POST', delegations, { ends_at: inHours(2), ...body })
const refused = (code: string, body: object) =>
  people.refused(code, 'POST', delegations, { ends_at: inHours(2), ...body })

test('an owner grants some risks and workspaces for a time, and it shows who, what and until when', async () => {
  const workspace = await people.told('POST', 'workspaces', { name: 'prod' })
  const made = await create({
    ...{ kind: 'grant', to: 'ANNA@example.com', risks: ['destructive', 'destructive'], workspaces: ['prod'] },
    note: 'on call this week',
  })
  assert.deepEqual(
    [made.kind, made.from, made.from_name, made.to, made.to_name, made.risks, made.state, made.hindrance, made.note],
    ['grant', people.olga, 'owner', anna.id, 'anna', ['destructive'], 'active', null, 'on call this week'],
  )
  assert.deepEqual(made.workspaces, [{ id: workspace.id, name: 'prod' }])
  assert.deepEqual(await people.told('GET', `${delegations}/${made.id}`), made)
})

test('an ended delegation stays on record, and is listed when asked for', async () => {
  const later = await create({ kind: 'handover', to: ben.id, starts_at: inHours(1) })
  assert.equal(later.state, 'upcoming')
  const ended = await people.told('DELETE', `${delegations}/${later.id}`)
  assert.deepEqual([ended.state, ended.ended_by_name], ['ended', 'owner'])
  assert.deepEqual(await people.told('DELETE', `${delegations}/${later.id}`), ended)
  const ids = async (query: string) =>
    (await people.told('GET', `${delegations}${query}`)).data.map(({ id }: { id: string }) => id)
  assert.ok(!(await ids('')).includes(later.id))
  assert.deepEqual(await ids('?status=ended'), [later.id])
  assert.ok((await ids('?status=all')).includes(later.id))
  assert.equal((await people.refused('invalid_request', 'GET', `${delegations}?status=gone`)).param, 'status')
  await people.refused('delegation_not_found', 'DELETE', `${delegations}/dlg_nothing`)
})

test('only owners grant, nobody delegates to themselves, and each refusal names the field', async () => {
  const cases: [body: object, param: string][] = [
    [{ kind: 'grant', from: anna.id, to: ben.id }, 'from'],
    [{ kind: 'grant', to: people.olga }, 'to'],
    [{ kind: 'handover', from: anna.id, to: anna.email }, 'to'],
    [{ kind: 'handover', to: ben.id, ends_at: inHours(-1) }, 'ends_at'],
    [{ kind: 'handover', to: ben.id, starts_at: inHours(3), ends_at: inHours(2) }, 'ends_at'],
    [{ kind: 'handover', to: ben.id, ends_at: inHours(24 * 400) }, 'ends_at'],
    [{ kind: 'grant', to: ben.id, risks: [] }, 'risks'],
    [{ kind: 'grant', to: ben.id, risks: ['mild'] }, 'risks.0'],
    [{ kind: 'always', to: ben.id }, 'kind'],
  ]
  for (const [body, param] of cases) {
    assert.equal((await refused('invalid_body', body)).param, param, JSON.stringify(body))
  }
  assert.equal((await refused('member_not_found', { kind: 'grant', to: 'x@example.com' })).param, 'to')
  assert.equal((await refused('member_not_found', { kind: 'grant', from: 'usr_0', to: ben.id })).param, 'from')
  await refused('workspace_not_found', { kind: 'grant', to: ben.id, workspaces: ['nowhere'] })
})

test('hand-overs that would go round in a circle are refused, in the same time and over any number of people', async () => {
  const first = await create({ kind: 'handover', from: people.olga, to: anna.id })
  const second = await create({ kind: 'handover', from: anna.id, to: ben.id })
  assert.equal((await refused('delegation_cycle', { kind: 'handover', from: ben.id, to: people.olga })).param, 'to')
  await create({ kind: 'handover', from: ben.id, to: people.olga, starts_at: inHours(2), ends_at: inHours(3) })
  await people.told('DELETE', `${delegations}/${second.id}`)
  await create({ kind: 'handover', from: ben.id, to: people.olga })
  await people.told('DELETE', `${delegations}/${first.id}`)
})

test('a grant of somebody who is no owner any more says that it counts for nothing', async () => {
  const kim = await people.router.makePerson('kim', { role: 'owner', scopes: ['management'] })
  const made = await people.told('POST', delegations, { kind: 'grant', to: ben.id, ends_at: inHours(2) }, kim.key)
  assert.deepEqual([made.from, made.hindrance], [kim.id, null])
  const hindrance = async () => (await people.told('GET', `${delegations}/${made.id}`)).hindrance
  await people.told('PATCH', `management/members/${kim.id}`, { role: 'member' })
  assert.equal(await hindrance(), 'kim is no owner any more.')
  await people.told('PATCH', `management/members/${kim.id}`, { active: false })
  assert.equal(await hindrance(), 'kim is no active member.')
})
