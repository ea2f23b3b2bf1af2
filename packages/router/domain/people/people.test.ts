import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actsFor, type Delegation, isOwner, mayDecide, type People, type Someone, stillMember } from './people.ts'

const now = 1_000
const matter = { workspaceId: 'ws_1', risk: 'destructive' } as const

const someone = (name: string, change: Partial<Someone> = {}): [string, Someone] => [
  name,
  { name, email: `${name}@example.com`, active: true, role: 'member', ...change },
]

function delegation(kind: Delegation['kind'], from: string, to: string, change: Partial<Delegation> = {}): Delegation {
  return { id: `${from}-${to}`, kind, from, to, risks: null, workspaces: null, startsAt: 0, endsAt: 2_000, ...change }
}

/** Olga owns the project; Anna, Ben and Carl are members; Dora is deactivated. */
function project(delegations: Delegation[] = [], changes: [string, Someone][] = []): People {
  const users = new Map([
    someone('olga', { role: 'owner' }),
    ...['anna', 'ben', 'carl'].map((name) => someone(name)),
    someone('dora', { role: 'owner', active: false }),
    ...changes,
  ])
  return { users, groups: new Map(), delegations }
}

test('who was deactivated, or never was a member, is none', () => {
  assert.deepEqual(
    ['olga', 'anna', 'dora', 'eve'].map((user) => stillMember(project(), user)),
    [true, true, false, false],
  )
  assert.equal(isOwner(project(), 'dora'), false)
})

test('owners decide on everything, and members on nothing that was not granted', () => {
  assert.equal(mayDecide(project(), 'olga', matter, now), true)
  assert.equal(mayDecide(project(), 'anna', matter, now), false)
  assert.equal(mayDecide(project(), 'dora', matter, now), false)
})

test('a grant holds for its risks and workspaces, from its beginning until before its end', () => {
  const held: [Partial<Delegation>, boolean][] = [
    [{}, true],
    [{ risks: ['destructive'], workspaces: ['ws_1', 'ws_2'] }, true],
    [{ risks: ['irreversible'] }, false],
    [{ workspaces: ['ws_2'] }, false],
    [{ risks: [] }, false],
    [{ startsAt: now }, true],
    [{ startsAt: now + 1 }, false],
    [{ endsAt: now }, false],
  ]
  for (const [change, expected] of held) {
    const people = project([delegation('grant', 'olga', 'anna', change)])
    assert.equal(mayDecide(people, 'anna', matter, now), expected, JSON.stringify(change))
  }
})

test('a grant stands no longer than its giver is an owner, and is not granted on', () => {
  const granted = delegation('grant', 'olga', 'anna')
  assert.equal(mayDecide(project([granted], [someone('olga')]), 'anna', matter, now), false)
  assert.equal(mayDecide(project([granted, delegation('grant', 'anna', 'ben')]), 'ben', matter, now), false)
  assert.equal(mayDecide(project([delegation('grant', 'dora', 'anna')]), 'anna', matter, now), false)
})

test('who was handed over to takes the place of the one who is away, beside their own', () => {
  const people = project([
    delegation('handover', 'olga', 'anna'),
    delegation('handover', 'olga', 'anna'),
    delegation('handover', 'ben', 'anna', { risks: ['irreversible'] }),
    delegation('grant', 'olga', 'anna'),
  ])
  assert.deepEqual(actsFor(people, 'anna', matter, now), ['anna', 'olga'])
  assert.deepEqual(actsFor(people, 'olga', matter, now), ['olga'])
})

test('a hand-over counts for nothing once either has left the project', () => {
  const people = project([delegation('handover', 'dora', 'anna'), delegation('handover', 'olga', 'dora')])
  assert.deepEqual(actsFor(people, 'anna', matter, now), ['anna'])
  assert.deepEqual(actsFor(people, 'dora', matter, now), [])
  assert.deepEqual(actsFor(people, 'eve', matter, now), [])
})

test('what was handed over is not handed on, and a circle of hand-overs gives nobody a third place', () => {
  const people = project([
    delegation('handover', 'olga', 'anna'),
    delegation('handover', 'anna', 'ben'),
    delegation('handover', 'ben', 'olga'),
  ])
  assert.deepEqual(actsFor(people, 'ben', matter, now), ['ben', 'anna'])
  assert.deepEqual(actsFor(people, 'anna', matter, now), ['anna', 'olga'])
  assert.deepEqual(actsFor(people, 'olga', matter, now), ['olga', 'ben'])
})
