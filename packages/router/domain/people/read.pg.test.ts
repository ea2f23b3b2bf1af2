import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PersonForTests, personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { openStore, type Store } from '../../store/database.ts'
import { readPeople } from './read.ts'
import { readParty } from './self-approval.ts'

const clock = settableClock(Date.UTC(2026, 0, 1))
const now = new Date(clock.now())
const project_id = 'proj_here'
let store: Store
let olga: PersonForTests
let anna: PersonForTests
let stranger: PersonForTests

before(async () => {
  store = openStore((await cloneDatabase()).url, { connections: 4, clock: systemClock, onError() {} })
  for (const id of [project_id, 'proj_there']) {
    const project = { id, slug: id.replace('_', '-'), name: id, created_at: now }
    await store.db.insertInto('projects').values(project).execute()
  }
  const core = { store, clock }
  olga = await personForTests(core, project_id, 'olga', { role: 'owner' })
  anna = await personForTests(core, project_id, 'anna')
  stranger = await personForTests(core, 'proj_there', 'stranger', { role: 'owner' })
})
after(() => store.close())

async function addGroup(name: string, ...members: PersonForTests[]): Promise<void> {
  const id = `grp_${name}`
  const made = { created_by: olga.id, created_at: now }
  await store.db
    .insertInto('groups')
    .values({ id, project_id, name, ...made })
    .execute()
  for (const { id: user_id } of members) {
    const member = { group_id: id, project_id, user_id, added_by: olga.id, added_at: now }
    await store.db.insertInto('group_members').values(member).execute()
  }
}

async function addDelegation(id: string, change: { ends_at?: Date; ended_at?: Date } = {}): Promise<void> {
  await store.db
    .insertInto('delegations')
    .values({
      ...{ id, project_id, kind: 'grant', from_user: olga.id, to_user: anna.id, risks: ['write', 'destructive'] },
      ...{ workspaces: JSON.stringify([{ id: 'ws_1', name: 'one' }]), created_by: olga.id, created_at: now },
      ...{ starts_at: now, ends_at: new Date(now.getTime() + 1_000), ...change },
    })
    .execute()
}

test('the people of a project are its members, its groups, and what was delegated and not ended', async () => {
  await addGroup('sre', olga, anna)
  await addGroup('nobody')
  await addDelegation('dlg_1')
  await addDelegation('dlg_over', { ends_at: now })
  await addDelegation('dlg_ended', { ended_at: now })
  assert.deepEqual(await readPeople(store.db, project_id, now), {
    users: new Map([
      [olga.id, { name: 'olga', email: 'olga@example.com', active: true, role: 'owner' }],
      [anna.id, { name: 'anna', email: 'anna@example.com', active: true, role: 'member' }],
    ]),
    groups: new Map([
      ['nobody', new Set()],
      ['sre', new Set([olga.id, anna.id])],
    ]),
    delegations: [
      {
        ...{ id: 'dlg_1', kind: 'grant', from: olga.id, to: anna.id, risks: ['write', 'destructive'] },
        ...{ workspaces: ['ws_1'], startsAt: now.getTime(), endsAt: now.getTime() + 1_000 },
      },
    ],
  })
})

test('nobody of another project can be put into a group', async () => {
  await assert.rejects(addGroup('foreign', stranger), /foreign key/)
})

test('who was deactivated is in no group, and who leaves the project leaves its groups', async () => {
  await addGroup('both', olga, anna)
  const both = async () => (await readPeople(store.db, project_id, now)).groups.get('both')
  await store.db.updateTable('users').set({ active: false }).where('id', '=', olga.id).execute()
  assert.deepEqual(await both(), new Set([anna.id]))
  await store.db.updateTable('users').set({ active: true }).where('id', '=', olga.id).execute()
  await store.db.deleteFrom('project_members').where('user_id', '=', anna.id).execute()
  assert.deepEqual(await both(), new Set([olga.id]))
})

test('the line of a key has everybody who held its value: its makers, who rotated it, and their people', async () => {
  const key = async (id: string, change: { created_by?: string; rotated_by?: string[] }) => {
    const columns = { id, project_id, name: id, prefix: id, hash: Buffer.from(id), scopes: [], created_at: now }
    await store.db
      .insertInto('api_keys')
      .values({ ...columns, ...change })
      .execute()
  }
  await key('key_bot', { created_by: olga.keyId })
  await key('key_child', { created_by: 'key_bot', rotated_by: [stranger.keyId, 'key_child'] })
  const { id, line } = await readParty(store.db, 'key_child', 'key_child')
  assert.equal(id, 'key_child')
  const held = ['key_child', 'key_bot', olga.keyId, olga.id, stranger.keyId, stranger.id]
  assert.deepEqual([...line].sort(), held.sort())
  assert.deepEqual([...(await readParty(store.db, olga.id, null)).line], [olga.id])
})
