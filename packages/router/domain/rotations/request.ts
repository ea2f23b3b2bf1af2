// An operator wants new keys of an agent: the CURVE pair, and with it that of the router where
// there is room for it, or the one that signs.
import { type RotationUse, rotationUses } from '@xerotier/protocol/api/rotations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { lockAgent } from '../../store/agents.ts'
import type { AgentRow, RotationRow } from '../../store/tables.ts'
import { uniqueViolation } from '../../store/unique-violation.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { newId } from '../ids.ts'
import { rotationEvent } from '../lifecycles/rotation.ts'
import type { ServerKey } from '../router-keys/server-keys.ts'
import { keyToRotateTo } from '../router-keys/target.ts'
import type { Rotating } from './rotating.ts'
import { keyOf } from './standing.ts'
import { featureOfRotation, rotationFrame } from './tell.ts'

/**
 * The agent is told at once. What becomes of it is on record.
 * @throws Fault agent_not_found, illegal_transition for one that is not connected
 * @throws Fault rotation_unsupported, rotation_in_progress, endpoint_unavailable
 */
export async function rotateKey(
  core: Rotating,
  actor: Member,
  reference: string,
  { use, reason }: { use: RotationUse; reason?: string | undefined },
): Promise<RotationRow> {
  const known = await findAgent(core.store.db, actor.projectId, reference)
  mayRotate(core, known, use)
  const asked = { use, reason: reason ?? null }
  const { row, online } = await (use === 'curve'
    ? core.serverKeys.turns.take(async () => record(core, actor, known, asked, await keyToRotateTo(core, actor)))
    : record(core, actor, known, asked))
  core.rotations.dueIn(core.settings.rotationMs)
  const frame = await rotationFrame(core, row)
  if (frame !== undefined) online.send(frame)
  return row
}

/** @param key of the router that the agent is to dial */
async function record(
  core: Rotating,
  actor: Member,
  known: AgentRow,
  { use, reason }: { use: RotationUse; reason: string | null },
  key?: ServerKey,
) {
  try {
    return await write(core, async ({ tx, now, append }) => {
      const agent = await lockAgent(tx, known.project_id, { id: known.id })
      if (agent === undefined) throw new Fault('agent_not_found')
      // It may have been revoked or have gone meanwhile.
      const online = mayRotate(core, agent, use)
      const row = await tx
        .insertInto('rotations')
        .values({
          id: newId('rot', now.getTime()),
          project_id: agent.project_id,
          agent_id: agent.id,
          use,
          state: 'requested',
          reason,
          requested_by: actor.id,
          requested_at: now,
          deadline: new Date(now.getTime() + core.settings.rotationMs),
          router_key_id: key?.id ?? null,
          old_key: keysOf(agent)[use],
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      append({ ...rotationEvent(row), kind: 'agent.rotation_requested', actor })
      return { row, online }
    })
  } catch (error) {
    // A key that was made for it may go.
    core.rotations.dueIn(0)
    if (uniqueViolation(error) === 'rotations_open') throw new Fault('rotation_in_progress')
    throw error
  }
}

/** @throws Fault illegal_transition, rotation_unsupported, rotation_in_progress */
function mayRotate(core: Pick<Rotating, 'fleet'>, agent: AgentRow, use: RotationUse): OnlineAgent {
  const online = core.fleet.get(agent.project_id, agent.id)
  const wrong = whyNot(agent, online)
  if (online === undefined || wrong !== undefined) throw new Fault('illegal_transition', { message: wrong ?? '' })
  if (!online.features.has(featureOfRotation[use])) throw new Fault('rotation_unsupported')
  // It has not come with its last new key yet.
  const own = keysOf(agent)
  if (rotationUses.some((any) => keyOf(online, any) !== own[any])) throw new Fault('rotation_in_progress')
  return online
}

const keysOf = ({ curve_public_key, signing_public_key }: AgentRow) => ({
  curve: curve_public_key,
  signing: signing_public_key.toString('hex'),
})

/** An agent makes its keys itself, so it has to be there. */
function whyNot({ name, state }: AgentRow, online: OnlineAgent | undefined): string | undefined {
  if (state === 'suspended') return `Agent ${name} is suspended: its keys open nothing.`
  if (state === 'pending') return `Agent ${name} has never connected: its keys were never used.`
  if (online === undefined)
    return `Agent ${name} is offline, and makes its new key itself: rotate it when it is back, or revoke its credentials.`
  if (online.draining) return `Agent ${name} is draining: rotate it when it is back.`
  return undefined
}
