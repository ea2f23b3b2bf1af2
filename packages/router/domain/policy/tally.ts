// Whether the votes that count fill every place. A person fills one, whatever groups they are in.
import type { ApproverSet, Place } from '@xerotier/protocol/asked.ts'

export interface Tally {
  filled: number
  /** Places that nobody fills yet. */
  missing: Place[]
  /**
   * For each of these, in their order, the places of which one more voter would fill it: itself,
   * and those whose voter could sit on it instead.
   */
  openings: Place[][]
}

/**
 * @param voters who approved, each once
 * @param fits whether one of them is in a set
 */
export function tally<Voter>(
  places: readonly Place[],
  voters: readonly Voter[],
  fits: (voter: Voter, set: ApproverSet) => boolean,
): Tally {
  const fitting = places.map(({ all }) =>
    voters.flatMap((voter, at) => (all.every((set) => fits(voter, set)) ? [at] : [])),
  )
  /** Which place each voter fills. */
  const placeOf = new Map<number, number>()
  const filled = new Set<number>()

  /** Fills a place, where needed by moving those who sit on others (augmenting paths). */
  const fill = (place: number, tried: Set<number>): boolean => {
    for (const voter of fitting[place] ?? []) {
      if (tried.has(voter)) continue
      tried.add(voter)
      const sitsOn = placeOf.get(voter)
      if (sitsOn !== undefined && !fill(sitsOn, tried)) continue
      placeOf.set(voter, place)
      return true
    }
    return false
  }
  places.forEach((_, place) => {
    if (fill(place, new Set())) filled.add(place)
  })
  const open = [...places.keys()].filter((place) => !filled.has(place))
  return {
    filled: filled.size,
    missing: open.flatMap((place) => places[place] ?? []),
    openings: open.map((place) => {
      const reached = reachedFrom(place, fitting, placeOf)
      return places.filter((_, other) => reached.has(other))
    }),
  }
}

/** All that comes free where voters move over, one after the other. */
function reachedFrom(
  place: number,
  fitting: readonly (readonly number[])[],
  placeOf: ReadonlyMap<number, number>,
): Set<number> {
  const reached = new Set([place])
  // A set is walked through to what is added on the way.
  for (const at of reached)
    for (const voter of fitting[at] ?? []) {
      const sitsOn = placeOf.get(voter)
      if (sitsOn !== undefined) reached.add(sitsOn)
    }
  return reached
}
