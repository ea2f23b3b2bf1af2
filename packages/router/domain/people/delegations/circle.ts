import type { Delegation, People } from '../people.ts'

type HandOver = Pick<Delegation, 'from' | 'to' | 'startsAt' | 'endsAt'>

/**
 * Whether a new hand-over would lead back to whoever hands over, by those that hold in the same
 * time: then everybody of the circle is away. What they are about is not looked at.
 */
export function closesCircle({ delegations }: People, { from, to, startsAt, endsAt }: HandOver): boolean {
  const reached = new Set([to])
  // A set goes on with what is added to it on the way.
  for (const person of reached) {
    for (const one of delegations) {
      const sameTime = one.startsAt < endsAt && startsAt < one.endsAt
      if (one.kind === 'handover' && one.from === person && sameTime) reached.add(one.to)
    }
  }
  return reached.has(from)
}
