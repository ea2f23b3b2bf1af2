// Who is told by a policy's stage: the people that it names, and those who decide for them now.
import type { Risk } from '@xerotier/protocol/risk.ts'
import { z } from 'zod'
import { emailKey } from '../people/email.ts'
import { actsFor, type People, stillMember } from '../people/people.ts'

const toldSchema = z.array(
  z.union([
    z.literal('anyone'),
    z.object({
      users: z.array(z.string()).optional(),
      groups: z.array(z.string()).optional(),
      roles: z.array(z.string()).optional(),
    }),
  ]),
)

export interface ToldMatter {
  workspaceId: string
  risk: Risk
  requestedBy: string
}

/** Whether an event names anybody: `anyone` is nobody in particular. */
export function namesPeople(tell: unknown): boolean {
  const sets = toldSchema.safeParse(tell)
  return sets.success && sets.data.some((set) => set !== 'anyone')
}

/** Whether an event tells whoever may decide anything. */
export function tellsAnyone(tell: unknown): boolean {
  const sets = toldSchema.safeParse(tell)
  return sets.success && sets.data.includes('anyone')
}

/** @param tell as the event says it */
export function toldPeople(people: People, tell: unknown, matter: ToldMatter, now: number): string[] {
  const sets = toldSchema.safeParse(tell)
  if (!sets.success) return []
  const named = new Set<string>()
  for (const set of sets.data) {
    if (set === 'anyone') continue
    const emails = new Set(set.users?.map(emailKey))
    for (const [id, { email, role }] of people.users) {
      if (emails.has(emailKey(email)) || set.roles?.includes(role) === true) named.add(id)
    }
    for (const group of set.groups ?? []) for (const id of people.groups.get(group) ?? []) named.add(id)
  }
  const acting = [...people.users.keys()].filter((id) => actsFor(people, id, matter, now).some((one) => named.has(one)))
  // Nobody decides on what they asked themselves.
  return acting.filter((id) => stillMember(people, id) && id !== matter.requestedBy)
}
