import { selectOldSigningKeys } from '../../store/rotations.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'

/** What an agent may sign with: its key, and the one before it until its overlap is over. Raw. */
export async function signingKeysOf(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  { id, signing_public_key }: Pick<AgentRow, 'id' | 'signing_public_key'>,
): Promise<Buffer[]> {
  const old = await selectOldSigningKeys(store.db, id, new Date(clock.now()))
  return [signing_public_key, ...old.map((key) => Buffer.from(key, 'hex'))]
}
