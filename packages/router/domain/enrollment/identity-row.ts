// Which agent record an enrollment is for. The signing key is the identity, and the name belongs to
// whoever has it.

import type { enrollSchema } from '@xerotier/protocol/api/enroll.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { lockAgent } from '../../store/agents.ts'
import type { Tx } from '../../store/database.ts'
import type { JoinKeyRow } from '../../store/join-keys.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'
import { newId } from '../ids.ts'
import { moveAgent } from '../lifecycles/agent.ts'
import { abandonRotations } from '../rotations/abandon.ts'
import type { Rotating } from '../rotations/rotating.ts'

export type EnrollBody = z.output<typeof enrollSchema>

/**
 * Makes the agent's record, or brings the one that it has up to date.
 * @throws Fault name_taken, join_key_consumed
 */
export async function storeIdentity(
  core: Rotating,
  writing: Writing,
  joinKey: JoinKeyRow,
  body: EnrollBody,
): Promise<{ before: AgentRow | undefined; agent: AgentRow }> {
  const { tx, now } = writing
  const before = await existing(tx, joinKey, body)
  const identity = {
    name: body.registration_name,
    signing_public_key: Buffer.from(body.signing_public_key, 'hex'),
    curve_public_key: body.curve_public_key,
    hostname: body.hostname,
    version: body.version,
    enrolled_at: now,
    ...agesOf(before, body, now),
    router_key_id: core.serverKeys.current.id,
    features: null,
  }
  if (before === undefined) {
    const agent = await tx
      .insertInto('agents')
      .values({
        ...identity,
        id: newId('agt', now.getTime()),
        project_id: joinKey.project_id,
        role: joinKey.role,
        region: joinKey.region,
        state: 'pending',
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return { before, agent }
  }
  await abandonRotations(core, writing, before.id, 'the agent was enrolled again')
  if (before.state === 'suspended') await moveAgent(writing, before.id, { to: 'pending' })
  const agent = await tx
    .updateTable('agents')
    .set(identity)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return { before, agent }
}

/** Who is enrolled again with a key that it had has it as long. */
function agesOf(before: AgentRow | undefined, body: EnrollBody, now: Date) {
  const hasSigning = before?.signing_public_key.toString('hex') === body.signing_public_key
  const hasCurve = before?.curve_public_key === body.curve_public_key
  return {
    curve_key_since: hasCurve ? before.curve_key_since : now,
    signing_key_since: hasSigning ? before.signing_key_since : now,
  }
}

async function existing(tx: Tx, joinKey: JoinKeyRow, body: EnrollBody): Promise<AgentRow | undefined> {
  const { project_id } = joinKey
  if (joinKey.consumed_by !== null) {
    const agent = await lockAgent(tx, project_id, { id: joinKey.consumed_by })
    // The key made one agent, and an operator has since removed it or revoked its credentials.
    if (agent === undefined || agent.state === 'suspended') {
      throw new Fault('join_key_consumed', {
        message: 'The agent of this join key was removed or its credentials were revoked; mint a new key.',
        param: 'join_key',
      })
    }
    // Only a fresh key may rename it: this one has made an agent of that name, and its history has
    // it.
    if (agent.name !== body.registration_name) {
      throw new Fault('join_key_consumed', {
        message: `This join key was used by the agent ${agent.name}; mint a new key to enroll it under another name.`,
        param: 'registration_name',
      })
    }
    return agent
  }
  const signingKey = Buffer.from(body.signing_public_key, 'hex')
  const same = await lockAgent(tx, project_id, { signing_public_key: signingKey })
  if (same !== undefined) return same
  const namesake = await lockAgent(tx, project_id, { name: body.registration_name })
  // A suspended agent is anybody's who brings a new join key. Any other name is its owner's.
  if (namesake !== undefined && namesake.state !== 'suspended') {
    throw new Fault('name_taken', { param: 'registration_name' })
  }
  return namesake
}
