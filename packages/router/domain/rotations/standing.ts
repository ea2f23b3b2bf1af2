// Which of its keys an agent comes with.
import type { AgentRow, RotationRow } from '../../store/tables.ts'

export interface KeyStanding {
  /** `new`: of a rotation that this completes. `old`: another has taken its place. */
  which: 'current' | 'new' | 'old'
  /** The rotation that it stands in, if any. */
  rotation: RotationRow | undefined
}

/**
 * @param rotations those of the agent in which two keys count, or will
 * @returns undefined for a key that does not count
 */
export function standingOf(
  agent: Pick<AgentRow, 'curve_public_key'>,
  rotations: readonly RotationRow[],
  key: string | undefined,
  now: number,
): KeyStanding | undefined {
  const open = rotations.find(({ state }) => state !== 'completed')
  if (open?.state === 'acknowledged' && open.new_key === key) return { which: 'new', rotation: open }
  const old = rotations.find(({ state, old_key, ends_at }) => {
    return state === 'completed' && old_key === key && (ends_at?.getTime() ?? 0) > now
  })
  if (old !== undefined) return { which: 'old', rotation: old }
  return agent.curve_public_key === key ? { which: 'current', rotation: open } : undefined
}
