// The people of a project at one moment, and what follows from it about who may decide. All of it
// is pure: whoever reads the snapshot in a transaction decides on what holds in it.
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { DelegationKind, ProjectRole } from '@xerotier/protocol/roles.ts'

export interface Someone {
  email: string
  name: string
  active: boolean
  role: ProjectRole
}

export interface Delegation {
  id: string
  kind: DelegationKind
  from: string
  to: string
  /** null: all. */
  risks: readonly Risk[] | null
  /** Ids; null: all. */
  workspaces: readonly string[] | null
  /** Milliseconds since the epoch: from `startsAt` on, and before `endsAt`. */
  startsAt: number
  endsAt: number
}

export interface People {
  /** The members of the project, by id. */
  users: ReadonlyMap<string, Someone>
  /** Active members by the name of the group. A group that has none is here as well. */
  groups: ReadonlyMap<string, ReadonlySet<string>>
  /** Those that nobody has ended. */
  delegations: readonly Delegation[]
}

/** What is decided on, as far as delegations speak of it. */
export interface Matter {
  workspaceId: string
  risk: Risk
}

/** Whether they belong to the project now: who was removed or deactivated counts for nothing. */
export function stillMember({ users }: People, userId: string): boolean {
  return users.get(userId)?.active === true
}

export function isOwner(people: People, userId: string): boolean {
  return stillMember(people, userId) && people.users.get(userId)?.role === 'owner'
}

/**
 * Whether somebody may decide by a right of their own: owners on everything, members on what an
 * owner granted them. A grant stands no longer than its giver is an owner.
 */
export function mayDecide(people: People, userId: string, matter: Matter, now: number): boolean {
  if (isOwner(people, userId)) return true
  return (
    stillMember(people, userId) &&
    people.delegations.some(
      (one) => one.kind === 'grant' && one.to === userId && isOwner(people, one.from) && covers(one, matter, now),
    )
  )
}

/**
 * Whose place somebody may take now: their own, and those of members who have handed over to them.
 * Each of these still needs the right in question, as one of the group that was asked, or by
 * `mayDecide`. What was handed over is not handed on, so no circle of them leads anywhere.
 * @returns their own id first; nothing for somebody who is no member
 */
export function actsFor(people: People, userId: string, matter: Matter, now: number): string[] {
  if (!stillMember(people, userId)) return []
  const away = people.delegations.filter(
    (one) => one.kind === 'handover' && one.to === userId && stillMember(people, one.from) && covers(one, matter, now),
  )
  return [...new Set([userId, ...away.map(({ from }) => from)])]
}

function covers(
  { risks, workspaces, startsAt, endsAt }: Delegation,
  { risk, workspaceId }: Matter,
  now: number,
): boolean {
  return (
    startsAt <= now &&
    now < endsAt &&
    (risks === null || risks.includes(risk)) &&
    (workspaces === null || workspaces.includes(workspaceId))
  )
}
