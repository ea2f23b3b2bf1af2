// An agent joins: one identity consumes a join key, and gets a record and a token
// (protocol/SPEC.md, section 1).

import { type Enrollment, enrollText } from '@xerotier/protocol/api/enroll.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { ourVersions } from '@xerotier/protocol/wire.ts'
import { agreedVersion, disagreementOf, type WireVersions } from '@xerotier/protocol/wire-versions.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { type JoinKeyRow, lockJoinKey } from '../../store/join-keys.ts'
import type { AgentRow } from '../../store/tables.ts'
import { uniqueViolation } from '../../store/unique-violation.ts'
import { agentActor, router } from '../actor.ts'
import { write } from '../events/write.ts'
import type { EnrolledKeys } from '../fleet/enrolled-keys.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import { type JoinKeyClaims, readJoinKeyValue } from '../join-keys/value.ts'
import { moveJoinKey } from '../lifecycles/join-key.ts'
import type { Records } from '../records.ts'
import type { Rotating } from '../rotations/rotating.ts'
import type { Window } from '../window.ts'
import { candidacy, enrolledAs } from './candidacy.ts'
import { type EnrollBody, storeIdentity } from './identity-row.ts'
import { presentEnrollment } from './present.ts'

/** Who waits for an operator asks again after so long. */
const pendingSeconds = 5

/**
 * @param versions of the wire, that the agent speaks
 * @param refusals how many refusals may be logged as events: a loop that fails must not fill the
 * log
 * @throws Fault join_key_invalid, join_key_expired, join_key_revoked, join_key_consumed
 * @throws Fault join_key_wrong_role, wire_version_unsupported, name_taken
 * @throws Fault enrollment_pending, enrollment_rejected
 */
export async function enroll(
  core: Rotating & { identity: Identity },
  body: EnrollBody,
  versions: WireVersions,
  refusals: Window,
): Promise<Enrollment> {
  const claims = await readJoinKeyValue(core, body.join_key)
  try {
    if (claims.role !== body.role) throw new Fault('join_key_wrong_role', { param: 'role' })
    // Before it uses up the join key: its sessions would all be refused.
    if (agreedVersion(ourVersions, versions) === undefined)
      throw new Fault('wire_version_unsupported', { message: disagreementOf(ourVersions, versions) })
    verifyProof(body)
    const consumed = await consume(core, claims, body)
    // It stands on record by now that it waits.
    if (consumed === 'pending') throw new Fault('enrollment_pending', { retryAfter: pendingSeconds })
    const { before, agent, joinKey } = consumed
    replaceKeys(core, before, agent)
    return await presentEnrollment(core, agent, joinKey.router_addr)
  } catch (error) {
    const waits = error instanceof Fault && error.code === 'enrollment_pending'
    if (error instanceof Fault && !waits && refusals.take(core.clock.monotonic()) === 0)
      await noteRefusal(core, claims, body, error)
    throw error
  }
}

function verifyProof(body: EnrollBody): void {
  const key = verifyingKey(Buffer.from(body.signing_public_key, 'hex'))
  if (!verifySignature(key, Buffer.from(enrollText(body)), Buffer.from(body.proof, 'hex'))) {
    throw new Fault('join_key_invalid', {
      message: 'The proof is no signature of the given signing key over this enrollment.',
      param: 'proof',
    })
  }
}

async function consume(core: Rotating, claims: JoinKeyClaims, body: EnrollBody) {
  const signingKey = Buffer.from(body.signing_public_key, 'hex')
  try {
    return await write(core, async (writing) => {
      const { tx, now, append } = writing
      const joinKey = await lockJoinKey(tx, claims.projectId, claims.id)
      if (joinKey === undefined) throw new Fault('join_key_invalid', { param: 'join_key' })
      checkUsable(joinKey, signingKey)
      const candidate = await candidacy(writing, joinKey, body)
      if (candidate === 'pending') return 'pending' as const
      const { before, agent } = await storeIdentity(core, writing, joinKey, body)
      if (joinKey.state === 'unused') {
        await moveJoinKey(writing, joinKey.id, {
          to: 'consumed',
          set: { consumed_at: now, consumed_by: agent.id, consumed_signing_key: signingKey },
          actor: agentActor(agent),
          agentId: agent.id,
        })
      }
      if (candidate !== undefined) await enrolledAs(writing, candidate, agent)
      const data = { name: agent.name, join_key_id: joinKey.id, again: before !== undefined }
      append({
        project_id: joinKey.project_id,
        kind: 'agent.enrolled',
        actor: agentActor(agent),
        agent_id: agent.id,
        data,
      })
      return { before, agent, joinKey }
    })
  } catch (error) {
    const constraint = uniqueViolation(error)
    if (constraint === 'agents_name') throw new Fault('name_taken', { param: 'registration_name' })
    if (constraint === 'agents_curve_key') {
      throw new Fault('name_taken', {
        message: 'The CURVE public key belongs to another agent.',
        param: 'curve_public_key',
      })
    }
    throw error
  }
}

function checkUsable(joinKey: JoinKeyRow, signingKey: Buffer): void {
  if (joinKey.state === 'revoked') throw new Fault('join_key_revoked', { param: 'join_key' })
  if (joinKey.state === 'expired') throw new Fault('join_key_expired', { param: 'join_key' })
  if (joinKey.state === 'consumed' && joinKey.consumed_signing_key?.equals(signingKey) !== true) {
    throw new Fault('join_key_consumed', { param: 'join_key' })
  }
}

/** ZAP lets the new key in at once; a session of earlier keys ends. */
function replaceKeys(
  core: Pick<Records, 'log'> & FleetView & { enrolledKeys: EnrolledKeys },
  before: AgentRow | undefined,
  agent: AgentRow,
): void {
  const changed =
    before !== undefined &&
    (before.curve_public_key !== agent.curve_public_key || !before.signing_public_key.equals(agent.signing_public_key))
  if (changed) {
    core.enrolledKeys.remove(before.curve_public_key)
    core.fleet.get(agent.project_id, agent.id)?.drop('enrolled again with other keys', false)
  }
  core.enrolledKeys.add(agent)
  core.log.notice({ agent_id: agent.id, agent: agent.name, again: before !== undefined }, 'agent enrolled')
}

async function noteRefusal(core: Records, claims: JoinKeyClaims, body: EnrollBody, fault: Fault): Promise<void> {
  const data = {
    join_key_id: claims.id,
    code: fault.code,
    name: body.registration_name,
    hostname: body.hostname,
    reason: fault.message,
  }
  core.log.warning({ ...data, project_id: claims.projectId }, 'enrollment refused')
  await write(core, async ({ append }) => {
    append({ project_id: claims.projectId, kind: 'join_key.refused', actor: router, data })
  })
}
