// Which keys count while one takes the place of another, as the gatekeeper and handshakes know it.
import type { AgentRow, RotationRow } from '../../store/tables.ts'
import type { EnrolledKeys } from '../fleet/enrolled-keys.ts'

type Agent = Pick<AgentRow, 'id' | 'curve_public_key' | 'signing_public_key'>
type Use = Pick<RotationRow, 'use' | 'agent_id'>

/** The new key counts beside the one of the agent. */
export function countBeside(keys: EnrolledKeys, { use }: Use, agent: Agent, key: string): void {
  if (use === 'curve') keys.add({ ...agent, curve_public_key: key })
  else keys.addSigning({ id: agent.id, key: Buffer.from(key, 'hex') })
}

/** @param agent with the new key as its own: the old one counts beside it for a while */
export function countCutOver(keys: EnrolledKeys, row: RotationRow, agent: Agent, until: Date): void {
  if (row.use === 'curve') {
    keys.add(agent)
    keys.add({ ...agent, curve_public_key: row.old_key, until })
    return
  }
  keys.add(agent)
  countNoMore(keys, row, row.new_key)
  keys.addSigning({ id: agent.id, key: Buffer.from(row.old_key, 'hex'), until })
}

/** A key that is not the agent's own counts no more. */
export function countNoMore(keys: EnrolledKeys, { use, agent_id }: Use, key: string | null): void {
  if (key === null) return
  if (use === 'curve') keys.remove(key)
  else keys.removeSigning({ id: agent_id, key: Buffer.from(key, 'hex') })
}
