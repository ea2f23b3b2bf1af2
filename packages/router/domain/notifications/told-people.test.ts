import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { People, Someone } from '../people/people.ts'
import { namesPeople, toldPeople } from './told-people.ts'

const someone = (id: string, more: Partial<Someone> = {}): [string, Someone] => [
  id,
  { email: `${id}@example.com`, name: id, active: true, role: 'member', ...more },
]
const people: People = {
  users: new Map([
    someone('ann'),
    someone('bob'),
    someone('eve', { active: false }),
    someone('olga', { role: 'owner' }),
    someone('zoe'),
  ]),
  groups: new Map([['dba', new Set(['bob', 'zoe'])]]),
  delegations: [
    {
      id: 'dlg_1',
      kind: 'handover',
      from: 'ann',
      to: 'zoe',
      risks: null,
      workspaces: null,
      startsAt: 100,
      endsAt: 200,
    },
  ],
}
const matter = { workspaceId: 'ws_1', risk: 'destructive', requestedBy: 'key_1' } as const
const told = (tell: unknown, now = 0, requestedBy = 'key_1') =>
  toldPeople(people, tell, { ...matter, requestedBy }, now).toSorted()

test('users, groups and roles are told, each once', () => {
  assert.deepEqual(told([{ users: ['ANN@example.com', 'nobody@example.com'] }]), ['ann'])
  assert.deepEqual(told([{ groups: ['dba', 'none'] }, { users: ['bob@example.com'] }]), ['bob', 'zoe'])
  assert.deepEqual(told([{ roles: ['owner'] }]), ['olga'])
})

test('who is inactive, or asked for it, is not told', () => {
  assert.deepEqual(told([{ users: ['eve@example.com'] }]), [])
  assert.deepEqual(told([{ groups: ['dba'] }], 0, 'bob'), ['zoe'])
})

test('who decides for somebody while they are away is told too', () => {
  assert.deepEqual(told([{ users: ['ann@example.com'] }], 150), ['ann', 'zoe'])
  assert.deepEqual(told([{ users: ['ann@example.com'] }], 200), ['ann'])
})

test('anyone is nobody in particular, and what is no list names nobody', () => {
  for (const tell of [['anyone'], [], undefined, 'anyone', [{ groups: 'dba' }]]) {
    assert.equal(namesPeople(tell), false)
    assert.deepEqual(told(tell), [])
  }
  assert.equal(namesPeople(['anyone', { groups: ['dba'] }]), true)
})
