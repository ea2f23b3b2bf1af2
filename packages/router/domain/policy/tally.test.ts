import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApproverSet, Place } from '@xerotier/protocol/asked.ts'
import fc from 'fast-check'
import { tally } from './tally.ts'

interface Voter {
  groups: string[]
}
const fits = ({ groups }: Voter, set: ApproverSet) =>
  set === 'anyone' || groups.some((one) => set.groups?.includes(one))
const place = (...groups: string[]): Place => ({ all: groups.map((group) => ({ groups: [group] })) })

test('a person in two groups fills one place', () => {
  const both = { groups: ['a', 'b'] }
  const places = [place('a'), place('b')]
  assert.deepEqual(tally(places, [both], fits).missing, [place('b')])
  assert.deepEqual(tally(places, [both, { groups: ['a'] }], fits).missing, [])
})

test('who could fill several places makes room for who could fill one', () => {
  const places = [place('a'), place('b'), { all: ['anyone' as const] }]
  assert.equal(tally(places, [{ groups: ['a', 'b'] }, { groups: ['a'] }, { groups: [] }], fits).filled, 3)
})

test('a place of several sets is filled by one who is in all of them', () => {
  const narrow = [place('a', 'b')]
  assert.equal(tally(narrow, [{ groups: ['a'] }, { groups: ['b'] }], fits).filled, 0)
  assert.equal(tally(narrow, [{ groups: ['b', 'a'] }], fits).filled, 1)
})

test('of a place that is missing it is known whose move would fill it', () => {
  const places = [place('a'), place('b'), place('c')]
  const both = { groups: ['a', 'b'] }
  assert.deepEqual(tally(places, [both], fits).openings, [[place('a'), place('b')], [place('c')]])
  assert.deepEqual(tally(places, [both, { groups: ['b'] }], fits).openings, [[place('c')]])
  // Over two of them: whoever is in a makes room for who is in b, and that one for c.
  const chain = [{ groups: ['a', 'b'] }, { groups: ['b', 'c'] }]
  assert.deepEqual(tally(places, chain, fits).openings, [places])
  assert.deepEqual(tally(places, [], fits).openings, [[place('a')], [place('b')], [place('c')]])
})

/** Every way to seat the voters. */
function most(places: Place[], voters: Voter[]): number {
  const [first, ...rest] = places
  if (first === undefined) return 0
  const seated = voters.map((voter, at) =>
    first.all.every((set) => fits(voter, set)) ? 1 + most(rest, voters.toSpliced(at, 1)) : 0,
  )
  return Math.max(most(rest, voters), ...seated)
}

test('as many places are filled as can be', () => {
  const someGroups = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 })
  const places = fc.array(
    someGroups.map((groups): Place => ({ all: [{ groups }] })),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(
      places,
      fc.array(
        someGroups.map((groups) => ({ groups })),
        { maxLength: 4 },
      ),
      (some, voters) => {
        const { filled, missing, openings } = tally(some, voters, fits)
        assert.equal(filled, most(some, voters))
        assert.equal(missing.length, some.length - filled)
        // Whoever fits an opening fills one place more, and nobody else does.
        for (const group of ['a', 'b', 'c', 'd']) {
          const fitting = openings.flat().some(({ all }) => all.every((set) => fits({ groups: [group] }, set)))
          assert.equal(tally(some, [...voters, { groups: [group] }], fits).filled, filled + (fitting ? 1 : 0))
        }
      },
    ),
    { numRuns: 500 },
  )
})
