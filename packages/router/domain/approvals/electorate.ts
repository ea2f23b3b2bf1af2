// Who can fill which place now. Whoever has lost a role, a group or a delegation since they voted
// is looked at as they are at the tally.
import type { ApproverSet, AskedStage, Place } from '@xerotier/protocol/asked.ts'
import type { Database, Tx } from '../../store/database.ts'
import { selectServiceKeys, type VoteRow } from '../../store/votes.ts'
import type { KeyActor } from '../actor.ts'
import { emailKey } from '../people/email.ts'
import { actsFor, type Matter, mayDecide, type People, stillMember } from '../people/people.ts'
import { readPeople } from '../people/read.ts'
import { type Tally, tally } from '../policy/tally.ts'

export interface Electorate {
  people: People
  /** Service keys that can be used, by id. */
  keys: ReadonlyMap<string, string>
  now: number
}

/**
 * @param voters who has voted, or is about to
 * @param stages those that matter: the service keys that they name are looked up
 */
export async function readElectorate(
  db: Database | Tx,
  projectId: string,
  now: Date,
  voters: Iterable<string>,
  stages: readonly AskedStage[],
): Promise<Electorate> {
  const sets = stages.flatMap(({ places }) => places.flatMap(({ all }) => all))
  const named = sets.flatMap((set) => (set === 'anyone' ? [] : (set.service_keys ?? [])))
  const references = [...new Set([...voters, ...named])]
  const people = await readPeople(db, projectId, now)
  const keys = references.length === 0 ? [] : await selectServiceKeys(db, projectId, now, references)
  return { people, keys: new Map(keys.map(({ id, name }) => [id, name])), now: now.getTime() }
}

/** The same where one key that was just let in decides alone: nothing has to be read. */
export function electorateOf(key: KeyActor, now: Date): Electorate {
  const people = { users: new Map(), groups: new Map(), delegations: [] }
  return { people, keys: new Map([[key.id, key.name]]), now: now.getTime() }
}

/** Whether a person or a service key is in a set, by themselves or for somebody who is away. */
export function isIn({ people, keys, now }: Electorate, voter: string, set: ApproverSet, matter: Matter): boolean {
  const keyName = keys.get(voter)
  if (keyName !== undefined)
    return set === 'anyone' || set.service_keys?.some((key) => key === voter || key === keyName) === true
  return actsFor(people, voter, matter, now).some((id) =>
    set === 'anyone' ? mayDecide(people, id, matter, now) : isNamed(people, id, set),
  )
}

function isNamed(people: People, id: string, set: Exclude<ApproverSet, 'anyone'>): boolean {
  const someone = people.users.get(id)
  if (someone === undefined || !stillMember(people, id)) return false
  return (
    set.users?.some((email) => emailKey(email) === emailKey(someone.email)) === true ||
    set.groups?.some((group) => people.groups.get(group)?.has(id) === true) === true ||
    set.roles?.includes(someone.role) === true
  )
}

/** What the votes that still count fill of a stage. */
export function count(electorate: Electorate, places: Place[], votes: readonly VoteRow[], matter: Matter): Tally {
  return tally(places, [...approversOf(votes)], (voter, set) => isIn(electorate, voter, set, matter))
}

/** Of each voter the last vote counts. */
export function approversOf(votes: readonly VoteRow[]): Set<string> {
  return votersOf(votes, 'approve')
}

export function votersOf(votes: readonly VoteRow[], said: VoteRow['vote']): Set<string> {
  const last = new Map(votes.map(({ voter, vote }) => [voter, vote]))
  return new Set([...last].filter(([, vote]) => vote === said).map(([voter]) => voter))
}

/** Whether enough people are left to fill the places, when these do not. */
export function canBeFilled(
  electorate: Electorate,
  places: readonly Place[],
  without: ReadonlySet<string>,
  matter: Matter,
): boolean {
  // Nobody counts the keys and people that may decide anything.
  const named = places.filter(({ all }) => all.some((set) => set !== 'anyone'))
  if (named.length === 0) return true
  const voters = [...electorate.people.users.keys(), ...electorate.keys.keys()].filter((id) => !without.has(id))
  return tally(named, voters, (voter, set) => isIn(electorate, voter, set, matter)).missing.length === 0
}
