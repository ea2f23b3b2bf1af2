// Which of its keys an agent comes with.
import { type RotationUse, rotationUses } from '@xerotier/protocol/api/rotations.ts'
import type { AgentRow, RotationRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'

export interface KeyStanding {
  /** The rotation of which it brings the new key: its session is the cut-over. */
  completes: RotationRow | undefined
  /** Those of which it brings another key than the new one: it may not have heard of them. */
  unheard: RotationRow[]
}

/**
 * @param rotations those of the agent in which two keys count, or will
 * @param keys the public halves that it brings
 * @returns undefined when one of its keys does not count
 */
export function standingOf(
  agent: Pick<AgentRow, 'curve_public_key' | 'signing_public_key'>,
  rotations: readonly RotationRow[],
  keys: { curve_public_key: string; signing_public_key: string },
  now: number,
): KeyStanding | undefined {
  const own = { curve: agent.curve_public_key, signing: agent.signing_public_key.toString('hex') }
  const brought = { curve: keys.curve_public_key, signing: keys.signing_public_key }
  const standing: KeyStanding = { completes: undefined, unheard: [] }
  for (const use of rotationUses) {
    const found = whichOf(of(rotations, use), own[use], brought[use], now)
    if (found === undefined) return undefined
    if (found.which === 'new') standing.completes = found.rotation
    else if (found.rotation !== undefined) standing.unheard.push(found.rotation)
  }
  return standing
}

/** That an agent came with. */
export const keyOf = ({ curveKey, signingKey }: Pick<OnlineAgent, 'curveKey' | 'signingKey'>, use: RotationUse) =>
  use === 'curve' ? curveKey : signingKey

const of = (rotations: readonly RotationRow[], use: RotationUse) => rotations.filter((row) => row.use === use)

/** Of keys of one use. */
function whichOf(rotations: readonly RotationRow[], own: string, key: string, now: number) {
  const open = rotations.find(({ state }) => state !== 'completed')
  if (open?.state === 'acknowledged' && open.new_key === key) return { which: 'new', rotation: open } as const
  const old = rotations.find(({ state, old_key, ends_at }) => {
    return state === 'completed' && old_key === key && (ends_at?.getTime() ?? 0) > now
  })
  if (old !== undefined) return { which: 'old', rotation: old } as const
  return own === key ? ({ which: 'current', rotation: open } as const) : undefined
}
