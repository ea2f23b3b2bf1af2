import {
  type Delegation,
  type DelegationState,
  delegationSchema,
  delegationStates,
} from '@xerotier/protocol/api/delegations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../../store/database.ts'
import { type NamedDelegationRow, selectDelegation, selectDelegations } from '../../../store/delegations.ts'
import type { Member } from '../../actor.ts'
import { idCursor, type Page, toPage, wordsOf } from '../../page.ts'
import { publicForm } from '../../public-form.ts'
import type { Records } from '../../records.ts'
import { isOwner, type People, stillMember } from '../people.ts'
import { readPeople } from '../read.ts'

interface Moment {
  people: People
  now: number
}

export const presentDelegation = publicForm<Delegation, NamedDelegationRow, Moment>(delegationSchema, {
  object: () => 'delegation',
  from: (row) => row.from_user,
  to: (row) => row.to_user,
  state: (row, { now }) => stateOf(row, now),
  hindrance: (row, { people, now }) => (stateOf(row, now) === 'active' ? hindranceOf(row, people) : null),
})

function stateOf({ starts_at, ends_at, ended_at }: NamedDelegationRow, now: number): DelegationState {
  if (ended_at !== null || ends_at.getTime() <= now) return 'ended'
  return starts_at.getTime() > now ? 'upcoming' : 'active'
}

/** The same conditions as in people.ts, for people to read. */
function hindranceOf(row: NamedDelegationRow, people: People): string | null {
  const { kind, from_user, to_user, from_name, to_name } = row
  if (!stillMember(people, to_user)) return `${to_name ?? to_user} is no active member.`
  if (!stillMember(people, from_user)) return `${from_name ?? from_user} is no active member.`
  if (kind === 'grant' && !isOwner(people, from_user)) return `${from_name ?? from_user} is no owner any more.`
  return null
}

/** @throws Fault delegation_not_found */
export async function findDelegation(db: Database | Tx, projectId: string, id: string): Promise<NamedDelegationRow> {
  const row = await selectDelegation(db, projectId, id)
  if (row === undefined) throw new Fault('delegation_not_found')
  return row
}

/** @throws Fault invalid_request */
export async function listDelegations(
  core: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  query: { limit: number; after?: string | undefined; status?: string | undefined },
): Promise<Page<Delegation>> {
  const { db } = core.store
  const now = new Date(core.clock.now())
  const states =
    query.status === 'all' ? delegationStates : wordsOf(query.status ?? 'upcoming,active', 'status', delegationStates)
  const page = { limit: query.limit, after: idCursor('dlg', query.after), states: states ?? delegationStates, now }
  const moment = { people: await readPeople(db, actor.projectId, now), now: now.getTime() }
  const rows = await selectDelegations(db, actor.projectId, page)
  return toPage(
    rows,
    query.limit,
    (row) => presentDelegation(row, moment),
    (delegation) => delegation.id,
  )
}

/** @throws Fault delegation_not_found */
export async function showDelegation(
  core: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  id: string,
): Promise<Delegation> {
  const now = new Date(core.clock.now())
  const row = await findDelegation(core.store.db, actor.projectId, id)
  return presentDelegation(row, { people: await readPeople(core.store.db, actor.projectId, now), now: now.getTime() })
}
