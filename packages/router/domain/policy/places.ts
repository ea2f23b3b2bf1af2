// Whose approval a call needs. A demand is a list of places, and each is filled by another person.
import type { ApproverSet, Place } from '@xerotier/protocol/asked.ts'
import type { Quorum } from '@xerotier/protocol/policy.ts'

export const owners: ApproverSet = { roles: ['owner'] }

/** The places that so many of these, or one of each of their groups, fill. */
export function placesOf(approvers: ApproverSet, quorum: Quorum): Place[] {
  if (quorum !== 'each_group') return Array.from({ length: quorum }, () => ({ all: [approvers] }))
  return groupsOf(approvers).map((group) => ({ all: [{ groups: [group] }] }))
}

export function groupsOf(approvers: ApproverSet): string[] {
  return approvers === 'anyone' ? [] : [...new Set(approvers.groups)]
}

export function either(one: ApproverSet, other: ApproverSet): ApproverSet {
  if (one === 'anyone' || other === 'anyone') return 'anyone'
  const set: Exclude<ApproverSet, 'anyone'> = {}
  const users = union(one.users, other.users)
  const groups = union(one.groups, other.groups)
  const roles = union(one.roles, other.roles)
  const keys = union(one.service_keys, other.service_keys)
  if (users.length > 0) set.users = users
  if (groups.length > 0) set.groups = groups
  if (roles.length > 0) set.roles = roles
  if (keys.length > 0) set.service_keys = keys
  return set
}

function union<Value>(one: Value[] = [], other: Value[] = []): Value[] {
  return [...new Set([...one, ...other])]
}

/** At least so many places; those that are added are filled by `approvers`. */
export function atLeast(places: Place[], count: number, approvers: ApproverSet): Place[] {
  const missing = Math.max(0, count - places.length)
  return [...places, ...placesOf(approvers, missing)]
}

/**
 * The same places for fewer people, and no fewer places: whoever fills one is among `by` as well.
 * @param approvers who fills a place that is added
 */
export function narrowed(
  places: Place[],
  approvers: ApproverSet,
  by: { approvers: ApproverSet; quorum?: Quorum | undefined },
): Place[] {
  const own = placesOf(by.approvers, by.quorum ?? places.length)
  const all = atLeast(places, own.length, approvers)
  return all.map((place, at) => ({ all: [...place.all, ...(own[at]?.all ?? [by.approvers])] }))
}

/** A set in words: who has to act. */
export function setText(set: ApproverSet): string {
  if (set === 'anyone') return 'anyone who may decide approvals'
  const parts = [
    ...(set.users ?? []),
    ...(set.groups ?? []).map((group) => `group ${group}`),
    ...(set.roles ?? []).map((role) => `an ${role}`.replace('an member', 'a member')),
    ...(set.service_keys ?? []).map((key) => `service key ${key}`),
  ]
  return parts.join(' or ')
}

/** Texts of places, each once, with how many they are. */
export function listed(texts: readonly string[]): string[] {
  const alike = Map.groupBy(texts, (text) => text)
  return [...alike].map(([text, { length }]) => (length === 1 ? text : `${text} (${length} of them)`))
}

export function placeText({ all }: Place): string {
  const sets = all.filter((set) => set !== 'anyone')
  return sets.length === 0 ? setText('anyone') : sets.map(setText).join(', and of ')
}
