import type { Pause, PauseCreate } from '@xerotier/protocol/api/pauses.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { lockAgent } from '../../store/agents.ts'
import { countActivePauses, type NamedPauseRow, selectPauseOf } from '../../store/pauses.ts'
import { lockWorkspace } from '../../store/workspaces.ts'
import type { Member } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { newId } from '../ids.ts'
import { pauseEvent, targetOf } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { applyPauses } from './apply.ts'
import { presentPause } from './read.ts'
import { findTarget, type Target } from './target.ts'

export interface Started {
  pause: Pause
  /** False when exactly this was paused already. */
  created: boolean
}

/**
 * No call that it is about is dispatched from here on; what runs goes on. What is paused already
 * stays paused as long as the longer of both wants: who pauses for ten minutes does not cut the
 * pause of somebody else short.
 * @throws Fault agent_not_found, workspace_not_found, workspace_not_allowed, exec_tool_not_found
 * @throws Fault limit_reached, invalid_body
 */
export async function startPause(
  core: Records & FleetView & Directory,
  actor: Member,
  body: PauseCreate,
): Promise<Started> {
  const target = await findTarget(core, actor, body)
  const { projectId } = actor
  const started = await write(core, async (writing) => {
    await lockTarget(writing, projectId, target)
    const wanted = wantedBy(body, writing.now)
    const id = await insertPause(writing, actor, target, wanted)
    if (id === undefined) await changePause(writing, await found(writing, projectId, target), wanted, actor)
    const row = await found(writing, projectId, target)
    if (id !== undefined) append(writing, row, actor)
    return { row, created: id !== undefined }
  })
  // Also of what was paused already: who asks again wants to be sure.
  await applyPauses(core, projectId, [target])
  return { pause: presentPause(started.row, undefined), created: started.created }
}

interface Wanted {
  reason: string | null
  incident: string | null
  ends_at: Date | null
}

function wantedBy({ reason, incident, ttl_seconds }: PauseCreate, now: Date): Wanted {
  const ends_at = ttl_seconds === undefined ? null : new Date(now.getTime() + ttl_seconds * 1000)
  return { reason: reason ?? null, incident: incident ?? null, ends_at }
}

/** What goes meanwhile takes its pauses with it. */
async function lockTarget({ tx }: Pick<Writing, 'tx'>, projectId: string, target: Target): Promise<void> {
  const { agent_id, workspace_id } = target
  if (agent_id !== null && (await lockAgent(tx, projectId, { id: agent_id })) === undefined)
    throw new Fault('agent_not_found', { param: 'agent' })
  if (workspace_id !== null && (await lockWorkspace(tx, workspace_id)) === undefined)
    throw new Fault('workspace_not_found', { param: 'workspace' })
}

/** @returns undefined when exactly this is paused already */
async function insertPause(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  { id: paused_by, projectId: project_id }: Member,
  { agent_id, workspace_id, tool }: Target,
  wanted: Wanted,
): Promise<string | undefined> {
  const id = newId('pse', now.getTime())
  const inserted = await tx
    .insertInto('pauses')
    .values({ id, project_id, agent_id, workspace_id, tool, state: 'active', ...wanted, paused_by, paused_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return undefined
  const count = await countActivePauses(tx, project_id)
  if (count > limits.pausesPerProject) {
    throw new Fault('limit_reached', {
      message: `The project has ${limits.pausesPerProject} active pauses, which is the limit.`,
    })
  }
  return id
}

async function changePause(writing: Writing, known: NamedPauseRow, wanted: Wanted, actor: Member): Promise<void> {
  const changed = {
    reason: wanted.reason ?? known.reason,
    incident: wanted.incident ?? known.incident,
    ends_at: later(known.ends_at, wanted.ends_at),
  }
  const isSame =
    changed.reason === known.reason &&
    changed.incident === known.incident &&
    changed.ends_at?.getTime() === known.ends_at?.getTime()
  if (isSame) return
  await writing.tx.updateTable('pauses').set(changed).where('id', '=', known.id).execute()
  append(writing, { ...known, ...changed }, actor)
}

/** Null is for ever. */
const later = (one: Date | null, other: Date | null) =>
  one === null || other === null ? null : one > other ? one : other

async function found({ tx }: Pick<Writing, 'tx'>, projectId: string, target: Target): Promise<NamedPauseRow> {
  const row = await selectPauseOf(tx, projectId, target)
  // Somebody ended it between the two statements. The same again makes another.
  if (row === undefined) throw new Fault('illegal_transition', { message: 'The pause has just ended; pause again.' })
  return row
}

function append(writing: Pick<Writing, 'append'>, row: NamedPauseRow, actor: Member): void {
  writing.append({ ...pauseEvent(row), kind: `${targetOf(row)}.paused`, actor })
}
