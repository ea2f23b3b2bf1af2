// Who still has to approve, in words. Only those are named who could: whoever is away for good, has
// voted, or asked for it themselves is left out.
import type { ApproverSet, Place } from '@xerotier/protocol/asked.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { VoteRow } from '../../store/votes.ts'
import { emailKey } from '../people/email.ts'
import { stillMember } from '../people/people.ts'
import { listed, placeText } from '../policy/places.ts'
import { askedOf, stageOf } from './asked.ts'
import { approversOf, count, type Electorate } from './electorate.ts'
import { votersFor } from './left.ts'
import { matterOf } from './matter.ts'

export interface Needed {
  /** One text for all who fill the same places. */
  texts: string[]
  /** How many approvals that are. */
  approvals: number
}

/** What its stage still wants. */
export function stillNeeded(electorate: Electorate, approval: ApprovalRow, votes: readonly VoteRow[]): Needed {
  const asked = askedOf(approval)
  const { without } = votersFor(electorate, approval, asked.selfApproval)
  const { openings } = count(electorate, stageOf(asked, approval.stage).places, votes, matterOf(approval))
  const gone = new Set([...without, ...approversOf(votes)])
  return { texts: listed(openings.map((places) => openingText(electorate, places, gone))), approvals: openings.length }
}

/** The same where nobody has voted and nobody is named. */
export function allNeeded(approval: ApprovalRow): Needed {
  const { places } = stageOf(askedOf(approval), approval.stage)
  return { texts: listed(places.map(placeText)), approvals: places.length }
}

/** Whether a stage names somebody by themselves, who may be gone. */
export function namesSomebody(approval: ApprovalRow): boolean {
  const sets = stageOf(askedOf(approval), approval.stage).places.flatMap(({ all }) => all)
  return sets.some((set) => set !== 'anyone' && (set.users !== undefined || set.service_keys !== undefined))
}

/** Whose these places are, of those who are there. */
export function placesText(electorate: Electorate, places: readonly Place[]): string {
  return [...new Set(places.map((place) => openingText(electorate, [place], new Set())))].join('; ')
}

/** Of several places any one, as whoever sits on it moves over. */
function openingText(electorate: Electorate, places: readonly Place[], gone: ReadonlySet<string>): string {
  const left = places.flatMap((place) => {
    const all = place.all.map((set) => withoutGone(electorate, set, gone))
    return all.some(isEmpty) ? [] : [placeText({ all })]
  })
  if (left.length > 0) return [...new Set(left)].join(', or ')
  return `nobody who is left (${[...new Set(places.map(placeText))].join(', or ')})`
}

function withoutGone({ people, keys }: Electorate, set: ApproverSet, gone: ReadonlySet<string>): ApproverSet {
  if (set === 'anyone') return set
  const { users, service_keys, ...others } = set
  const there = [...people.users].filter(([id]) => stillMember(people, id) && !gone.has(id))
  const emails = new Set(there.map(([, { email }]) => emailKey(email)))
  const usable = [...keys].filter(([id]) => !gone.has(id)).flat()
  const left: ApproverSet = { ...others }
  if (users !== undefined) left.users = users.filter((email) => emails.has(emailKey(email)))
  if (service_keys !== undefined) left.service_keys = service_keys.filter((key) => usable.includes(key))
  return left
}

function isEmpty(set: ApproverSet): boolean {
  return set !== 'anyone' && Object.values(set).every((names) => names.length === 0)
}
