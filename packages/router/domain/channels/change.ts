// What webhooks and channels have in common when they are made or changed.
import type { ChannelKind } from '@xerotier/protocol/api/channels.ts'
import { type ErrorCode, Fault } from '@xerotier/protocol/errors.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Updateable } from 'kysely'
import { lockChannel, lockChannelCount } from '../../store/channels.ts'
import type { ChannelRow, Tables } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { Records } from '../records.ts'

/** Which of the two it is about. */
export interface ChannelNoun {
  kinds: readonly ChannelKind[]
  notFound: ErrorCode
  /** Under which name events hold its id. */
  idOf: string
}

type Columns = Updateable<Tables['channels']>

export async function changeChannel(
  core: Records,
  actor: Member,
  id: string,
  { kinds, notFound, idOf }: ChannelNoun,
  kind: EventKind,
  columns: (writing: Writing, before: ChannelRow) => Columns | Promise<Columns>,
  data: Record<string, unknown> = {},
): Promise<ChannelRow> {
  return write(core, async (writing) => {
    const row = await lockChannel(writing.tx, actor.projectId, id)
    if (row === undefined || !kinds.includes(row.kind)) throw new Fault(notFound)
    writing.append({ project_id: actor.projectId, kind, actor, data: { [idOf]: id, ...data } })
    return writing.tx
      .updateTable('channels')
      .set({ ...(await columns(writing, row)), updated_at: writing.now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

/** What is waiting for it is given up when its turn comes. */
export const deleted = ({ now }: Pick<Writing, 'now'>) => ({
  deleted_at: now,
  active: false,
  secret: null,
  previous_secret: null,
  push_key: null,
})

/** @throws Fault capacity_exceeded */
export async function keepCount(tx: Writing['tx'], projectId: string): Promise<void> {
  const count = await lockChannelCount(tx, projectId)
  if (count < limits.channelsPerProject) return
  const message = `The project has ${count} webhooks and channels, which is the limit.`
  throw new Fault('capacity_exceeded', { message })
}

/** Each once, by id or name. @throws Fault workspace_not_found */
export async function workspaceIds(core: Directory, actor: Member, references: readonly string[]): Promise<string[]> {
  const found = references.map((reference) => findWorkspace(core, actor.projectId, reference))
  return [...new Set((await Promise.all(found)).map(({ id }) => id))]
}
