// Where people read: Slack, Microsoft Teams, PagerDuty, mail. The URL of a chat's incoming webhook
// and a routing key let whoever knows them write there: they are sealed, and never answered.
import type { Channel, channelCreateSchema, channelUpdateSchema, PlaceKind } from '@xerotier/protocol/api/channels.ts'
import { placeKinds } from '@xerotier/protocol/api/channels.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { selectChannel, selectChannels } from '../../store/channels.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { changeChannel, deleted, keepCount, workspaceIds } from './change.ts'
import { mustBeFree, mustBeRules } from './names.ts'
import { placeKindOf, presentChannels } from './present.ts'
import { sealChannelSecret } from './secret.ts'
import { checkTarget } from './target.ts'

type Create = z.output<typeof channelCreateSchema>
type Update = z.output<typeof channelUpdateSchema>
type Changing = Records & Directory & { identity: Identity; settings: Pick<Settings, 'privateTargets'> }

/** What `changeChannel` is told of them. */
const place = { kinds: placeKinds, notFound: 'channel_not_found', idOf: 'channel_id' } as const
const pagerDuty = 'https://events.pagerduty.com/v2/enqueue'

/** @throws Fault invalid_body, name_taken, workspace_not_found, capacity_exceeded */
export async function createPlace(core: Changing, actor: Member, body: Create): Promise<Channel> {
  const { target, secret } = addressOf(core, body.kind, body)
  if (target === undefined) throw missing(body.kind)
  const workspaces = await workspaceIds(core, actor, body.workspaces)
  const row = await write(core, async ({ tx, append, now }) => {
    await keepCount(tx, actor.projectId)
    await mustBeFree(tx, actor.projectId, body.name)
    await mustBeRules(tx, actor.projectId, body.rules)
    const id = newId('chn', now.getTime())
    const { kind, name, events } = body
    append({
      project_id: actor.projectId,
      kind: 'channel.created',
      actor,
      data: { channel_id: id, kind, name, events },
    })
    return tx
      .insertInto('channels')
      .values({
        id,
        project_id: actor.projectId,
        kind,
        name,
        target,
        secret: secret === undefined ? null : sealChannelSecret(core.identity, id, secret),
        events,
        workspaces,
        risks: body.risks,
        from_stage: body.from_stage,
        rules: body.rules,
        quiet_hours: body.quiet_hours === null ? null : JSON.stringify(body.quiet_hours),
        remind_minutes: body.remind_minutes,
        active: body.is_active,
        created_by: actor.id,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentPlace(core, row)
}

/** @throws Fault channel_not_found, invalid_body, name_taken, workspace_not_found */
export async function updatePlace(core: Changing, actor: Member, id: string, body: Update): Promise<Channel> {
  const before = await findPlace(core, actor, id)
  const { target, secret } = addressOf(core, placeKindOf(before), body)
  const workspaces = body.workspaces === undefined ? undefined : await workspaceIds(core, actor, body.workspaces)
  const given = {
    name: body.name,
    target,
    secret: secret === undefined ? undefined : sealChannelSecret(core.identity, id, secret),
    events: body.events,
    workspaces,
    risks: body.risks,
    from_stage: body.from_stage,
    rules: body.rules,
    quiet_hours: body.quiet_hours === null ? null : body.quiet_hours && JSON.stringify(body.quiet_hours),
    remind_minutes: body.remind_minutes,
    active: body.is_active,
  }
  const columns = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const said = Object.keys(columns)
  const { name, rules } = body
  const checked = async ({ tx }: Writing, { rules: kept }: ChannelRow) => {
    if (name !== undefined) await mustBeFree(tx, actor.projectId, name, id)
    if (rules !== undefined) await mustBeRules(tx, actor.projectId, rules, kept ?? [])
    return columns
  }
  const row = await changeChannel(core, actor, id, place, 'channel.updated', checked, { changed: said })
  return presentPlace(core, row)
}

/** @throws Fault channel_not_found */
export async function deletePlace(core: Records, actor: Member, id: string): Promise<Channel> {
  return presentPlace(core, await changeChannel(core, actor, id, place, 'channel.deleted', deleted))
}

/** Newest first. @throws Fault invalid_request */
export async function listPlaces(
  core: Records,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Channel>> {
  const page = { kinds: [...placeKinds], limit: query.limit, after: idCursor('chn', query.after) }
  const rows = await selectChannels(core.store.db, actor.projectId, page)
  const present = await presentChannels(core, rows)
  return toPage(rows, query.limit, present.place, ({ id }) => id)
}

/** @throws Fault channel_not_found */
export async function showPlace(core: Records, actor: Member, id: string): Promise<Channel> {
  return presentPlace(core, await findPlace(core, actor, id))
}

/** @throws Fault channel_not_found */
export async function findPlace(core: Records, actor: Member, id: string): Promise<ChannelRow> {
  const row = await selectChannel(core.store.db, actor.projectId, id)
  if (row === undefined || row.kind === 'webhook') throw new Fault('channel_not_found')
  return row
}

async function presentPlace(core: Records, row: ChannelRow): Promise<Channel> {
  return (await presentChannels(core, [row])).place(row)
}

/** What belongs to its kind; what another kind takes is refused. */
const takes: Record<PlaceKind, readonly ('url' | 'routing_key' | 'to')[]> = {
  slack: ['url'],
  teams: ['url'],
  pagerduty: ['routing_key', 'url'],
  email: ['to'],
  push: [],
}

/** What is shown of where it goes, and what is secret; undefined what was not given. */
function addressOf(
  { settings }: Pick<Changing, 'settings'>,
  kind: PlaceKind,
  body: Pick<Update, 'url' | 'routing_key' | 'to'>,
): { target?: string; secret?: string } {
  for (const param of ['url', 'routing_key', 'to'] as const) {
    if (body[param] !== undefined && !takes[kind].includes(param)) {
      throw new Fault('invalid_body', { param, message: `${param}: a channel of the kind ${kind} has none` })
    }
  }
  if (kind === 'email') return body.to === undefined ? {} : { target: body.to.join(', ') }
  const url = body.url === undefined ? undefined : checkTarget(body.url, 'url', settings.privateTargets)
  if (kind === 'pagerduty') {
    const target = url?.href ?? (body.routing_key === undefined ? undefined : pagerDuty)
    return { ...(target && { target }), ...(body.routing_key && { secret: body.routing_key }) }
  }
  return url === undefined ? {} : { target: url.origin, secret: url.href }
}

function missing(kind: PlaceKind): Fault {
  const [param = 'url'] = takes[kind]
  return new Fault('invalid_body', { param, message: `${param}: a channel of the kind ${kind} needs it` })
}
