import { selectInFlightAt } from '../../store/attempts.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { markAmbiguous, requeue } from './unfinished.ts'

/**
 * An operator has cut an agent off, and it will not answer. What it has in hand waits for no grace:
 * at-most-once calls are in doubt now, and the others go to another agent.
 * @param reason half a sentence
 */
export async function abandonCalls(
  core: Records & Pick<Attempts, 'calls' | 'dispatcher'>,
  agentId: string,
  reason: string,
): Promise<void> {
  for (const row of await selectInFlightAt(core.store.db, [agentId])) {
    if (row.at_most_once) await markAmbiguous(core, row, `${reason}, and nobody knows whether the call took effect.`)
    else await requeue(core, row, reason)
  }
}
