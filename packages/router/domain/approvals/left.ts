// A stage that too few people are left for. What the policy asks for by itself is then asked of the
// next stage. What its rules ask for beside that is asked of the owners too, and where it stands: a
// rule that names nobody brings no later stage on before its time.
import type { ApproverSet, AskedRecord, AskedStage } from '@xerotier/protocol/asked.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { Matter } from '../people/people.ts'
import { either, owners } from '../policy/places.ts'
import { stageOf } from './asked.ts'
import { canBeFilled, type Electorate, isIn } from './electorate.ts'

export interface Left {
  stage: number
  asked: AskedRecord
  /** Whether it was found out just now that too few are left for the places of this stage. */
  short: boolean
}

/** Who could vote on what. */
export interface Voters {
  electorate: Electorate
  /** Who asked, where they may not approve it. */
  without: ReadonlySet<string>
  matter: Matter
}

export function votersFor(
  electorate: Electorate,
  approval: Pick<ApprovalRow, 'requested_by' | 'workspace_id' | 'risk' | 'tool_risk'>,
  selfApproval: AskedRecord['selfApproval'],
): Voters {
  return {
    electorate,
    without: selfApproval === 'any' ? new Set() : new Set([approval.requested_by]),
    // As what the call is by itself: a risk that a rule has raised makes nobody scarce.
    matter: { workspaceId: approval.workspace_id, risk: approval.tool_risk ?? approval.risk },
  }
}

/** @param stage the one that begins, or has begun. The last one is not gone past. */
export function whereSomebodyIsLeft(asked: AskedRecord, stage: number, voters: Voters): Left {
  const { electorate, without, matter } = voters
  let at = stage
  for (; at < asked.stages.length - 1; at++) {
    const { places, own = places } = stageOf(asked, at)
    if (canBeFilled(electorate, own, without, matter)) break
  }
  const here = stageOf(asked, at)
  if (canBeFilled(electorate, here.places, without, matter)) return { stage: at, asked, short: false }
  const wider: AskedStage = { ...here, places: widened(here, voters), short: true }
  const short = here.short !== true || canonicalJson(wider.places) !== canonicalJson(here.places)
  return { stage: at, asked: { ...asked, stages: asked.stages.with(at, wider) }, short }
}

/**
 * The owners may stand in for what rules ask for and nobody can give: a set that nobody is in, and
 * a place more than there are people for. Each is looked at by itself. So another rule, which makes
 * others scarce, opens no place of this one.
 */
export function widened({ places, own = places }: AskedStage, voters: Voters): AskedStage['places'] {
  const alike = new Map<string, number>()
  const seats = ({ all }: { all: ApproverSet[] }) => {
    const key = canonicalJson(all)
    const count = (alike.get(key) ?? 0) + 1
    alike.set(key, count)
    return count
  }
  for (const place of own) seats(place)
  return places.map((place, at) => {
    const before = own[at]?.all.length ?? 0
    const needed = at < own.length || place.all.length > 1 ? 1 : seats(place)
    return {
      all: place.all.map((set, index) => (index < before || isEnough(set, needed, voters) ? set : either(set, owners))),
    }
  })
}

function isEnough(set: ApproverSet, needed: number, { electorate, without, matter }: Voters): boolean {
  if (set === 'anyone') return true
  const voters = [...electorate.people.users.keys(), ...electorate.keys.keys()]
  return voters.filter((voter) => !without.has(voter) && isIn(electorate, voter, set, matter)).length >= needed
}
