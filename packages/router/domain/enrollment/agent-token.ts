// The bearer token that an enrolled agent uses over HTTP. It is void as soon as the agent is
// deleted, suspended or enrolled with another signing key, and at the end of the overlap when that
// key rotates.

import { Fault } from '@xerotier/protocol/errors.ts'
import { keyIdOf } from '@xerotier/runtime/ed25519.ts'
import { selectAgentById } from '../../store/agents.ts'
import type { AgentRow } from '../../store/tables.ts'
import { type AgentActor, agentActor } from '../actor.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { readToken, signToken } from '../signed-token.ts'
import { signingKeysOf } from './signing-keys.ts'

const tokenHours = 24

export async function mintAgentToken(
  core: Pick<Records, 'clock'> & { identity: Identity },
  agent: Pick<AgentRow, 'id' | 'project_id' | 'signing_public_key'>,
): Promise<{ token: string; expiresAt: Date }> {
  const issuedAt = new Date(core.clock.now())
  // JWT times are whole seconds.
  const expiresAt = new Date(Math.floor(core.clock.now() / 1000) * 1000 + tokenHours * 3_600_000)
  const claims = { sub: agent.id, project: agent.project_id, key: keyIdOf(agent.signing_public_key) }
  return { token: await signToken(core, 'xem-agent', claims, { issuedAt, expiresAt }), expiresAt }
}

/**
 * The agent whose token it is.
 * @throws Fault authentication_error for a token that is none of ours or has expired
 * @throws Fault agent_credentials_revoked
 */
export async function agentOfToken(core: Records & { identity: Identity }, token: string): Promise<AgentActor> {
  const claims = await readToken(core, 'xem-agent', token, ['sub', 'key'])
  if (typeof claims === 'string') {
    throw new Fault('authentication_error', { message: 'The agent token is unknown or has expired.' })
  }
  const agent = await selectAgentById(core.store.db, claims.sub)
  const valid =
    agent !== undefined &&
    agent.deleted_at === null &&
    agent.state !== 'suspended' &&
    (await signingKeysOf(core, agent)).some((key) => keyIdOf(key) === claims.key)
  if (!valid) throw new Fault('agent_credentials_revoked')
  return agentActor(agent)
}
