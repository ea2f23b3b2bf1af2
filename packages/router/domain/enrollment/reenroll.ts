import { type Enrollment, type reenrollSchema, reenrollText } from '@xerotier/protocol/api/enroll.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import type { z } from 'zod'
import { selectAgentById } from '../../store/agents.ts'
import { agentActor } from '../actor.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Addresses } from '../router-keys/addresses.ts'
import type { ServerKeys } from '../router-keys/server-keys.ts'
import { refreshEnrollment } from './refresh.ts'
import { signingKeysOf } from './signing-keys.ts'

/**
 * A new token for an agent whose last one has expired: it proves its identity with its signing key.
 * @throws Fault authentication_error for a proof that is none, of an unknown agent or too old
 * @throws Fault agent_credentials_revoked
 */
export async function reenroll(
  core: Records & Addresses & { identity: Identity; serverKeys: ServerKeys; grantKeys: Pick<GrantKeys, 'current'> },
  body: z.output<typeof reenrollSchema>,
): Promise<Enrollment> {
  const agent = await selectAgentById(core.store.db, body.agent_id)
  const aheadMs = body.at - core.clock.now()
  const [text, proof] = [Buffer.from(reenrollText(body)), Buffer.from(body.proof, 'hex')]
  const keys = agent === undefined ? [] : await signingKeysOf(core, agent)
  const proved = keys.some((key) => verifySignature(verifyingKey(key), text, proof))
  if (agent === undefined || !proved)
    throw new Fault('authentication_error', { message: 'The proof is none of an enrolled agent.' })
  if (Math.abs(aheadMs) > limits.grantClockToleranceMs) {
    const how = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`
    const message = `The time of the proof is ${how} the router's: it is old, or the clock of the agent's host is wrong.`
    throw new Fault('authentication_error', { message })
  }
  if (agent.deleted_at !== null || agent.state === 'suspended') throw new Fault('agent_credentials_revoked')
  return refreshEnrollment(core, agentActor(agent))
}
