// What can be done with a webhook, each verb with its event. Its secret is in one answer, and in no
// event, list or log.
import type {
  rotateSecretSchema,
  Webhook,
  webhookCreateSchema,
  webhookUpdateSchema,
} from '@xerotier/protocol/api/webhooks.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Updateable } from 'kysely'
import type { z } from 'zod'
import { lockChannel, lockChannelCount, selectChannel, selectChannels } from '../../store/channels.ts'
import type { ChannelRow, Tables } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { presentChannels } from './present.ts'
import { newWebhookSecret, sealChannelSecret } from './secret.ts'
import { checkTarget } from './target.ts'

type Create = z.output<typeof webhookCreateSchema>
type Update = z.output<typeof webhookUpdateSchema>
type Changing = Records & Directory & { identity: Identity; settings: Pick<Settings, 'privateTargets'> }

/** @throws Fault invalid_body, workspace_not_found, capacity_exceeded */
export async function createWebhook(
  core: Changing,
  actor: Member,
  body: Create,
): Promise<Webhook & { secret: string }> {
  const url = checkTarget(body.url, 'url', core.settings.privateTargets)
  const workspaces = await idsOf(core, actor, body.workspaces)
  const secret = newWebhookSecret()
  const row = await write(core, async ({ tx, append, now }) => {
    await keepCount(tx, actor.projectId)
    const id = newId('wh', now.getTime())
    append({ project_id: actor.projectId, kind: 'webhook.created', actor, data: { webhook_id: id, ...said(body) } })
    return tx
      .insertInto('channels')
      .values({
        id,
        project_id: actor.projectId,
        kind: 'webhook',
        name: body.description,
        target: url.href,
        secret: sealChannelSecret(core.identity, id, secret),
        events: body.events,
        workspaces,
        risks: body.risks,
        active: body.is_active,
        created_by: actor.id,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return { ...(await presentWebhook(core, row)), secret }
}

/** @throws Fault webhook_not_found, invalid_body, workspace_not_found */
export async function updateWebhook(core: Changing, actor: Member, id: string, body: Update): Promise<Webhook> {
  const columns = await columnsOf(core, actor, body)
  return presentWebhook(core, await change(core, actor, id, 'webhook.updated', () => columns, said(body)))
}

/**
 * What waits for it is given up when its turn comes.
 * @throws Fault webhook_not_found
 */
export async function deleteWebhook(core: Records, actor: Member, id: string): Promise<Webhook> {
  const row = await change(core, actor, id, 'webhook.deleted', ({ now }) => ({
    deleted_at: now,
    active: false,
    secret: null,
    previous_secret: null,
  }))
  return presentWebhook(core, row)
}

/** @throws Fault webhook_not_found */
export async function rotateWebhookSecret(
  core: Records & { identity: Identity },
  actor: Member,
  id: string,
  { overlap_hours }: z.output<typeof rotateSecretSchema>,
): Promise<Webhook & { secret: string }> {
  const secret = newWebhookSecret()
  const row = await change(
    core,
    actor,
    id,
    'webhook.secret_rotated',
    ({ now }, before) => ({
      secret: sealChannelSecret(core.identity, id, secret),
      previous_secret: overlap_hours === 0 ? null : before.secret,
      overlap_until: overlap_hours === 0 ? null : new Date(now.getTime() + overlap_hours * 3_600_000),
    }),
    { overlap_hours },
  )
  return { ...(await presentWebhook(core, row)), secret }
}

/** Newest first. @throws Fault invalid_request */
export async function listWebhooks(
  core: Records,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Webhook>> {
  const page = { kinds: ['webhook' as const], limit: query.limit, after: idCursor('wh', query.after) }
  const rows = await selectChannels(core.store.db, actor.projectId, page)
  const present = await presentChannels(core, rows)
  return toPage(rows, query.limit, present.webhook, ({ id }) => id)
}

/** @throws Fault webhook_not_found */
export async function showWebhook(core: Records, actor: Member, id: string): Promise<Webhook> {
  return presentWebhook(core, await findWebhook(core, actor, id))
}

/** @throws Fault webhook_not_found */
export async function findWebhook(core: Records, actor: Member, id: string): Promise<ChannelRow> {
  const row = await selectChannel(core.store.db, actor.projectId, id)
  if (row?.kind !== 'webhook') throw new Fault('webhook_not_found')
  return row
}

async function presentWebhook(core: Records, row: ChannelRow): Promise<Webhook> {
  return (await presentChannels(core, [row])).webhook(row)
}

async function columnsOf(core: Changing, actor: Member, body: Update) {
  return {
    ...(body.url === undefined ? {} : { target: checkTarget(body.url, 'url', core.settings.privateTargets).href }),
    ...(body.description === undefined ? {} : { name: body.description }),
    ...(body.events === undefined ? {} : { events: body.events }),
    ...(body.risks === undefined ? {} : { risks: body.risks }),
    ...(body.workspaces === undefined ? {} : { workspaces: await idsOf(core, actor, body.workspaces) }),
    ...(body.is_active === undefined ? {} : { active: body.is_active }),
  }
}

async function idsOf(core: Directory, actor: Member, references: string[]): Promise<string[]> {
  const found = references.map((reference) => findWorkspace(core, actor.projectId, reference))
  return [...new Set((await Promise.all(found)).map(({ id }) => id))]
}

/** What events say of it: its URL may hold a secret of the receiver. */
function said({ url, events, is_active }: Update): Record<string, unknown> {
  return { ...(url === undefined ? {} : { origin: URL.parse(url)?.origin }), events, is_active }
}

async function keepCount(tx: Writing['tx'], projectId: string): Promise<void> {
  const count = await lockChannelCount(tx, projectId)
  if (count < limits.channelsPerProject) return
  const message = `The project has ${count} webhooks and channels, which is the limit.`
  throw new Fault('capacity_exceeded', { message })
}

async function change(
  core: Records,
  actor: Member,
  id: string,
  kind: EventKind,
  columns: (writing: Writing, before: ChannelRow) => Updateable<Tables['channels']>,
  data: Record<string, unknown> = {},
): Promise<ChannelRow> {
  return write(core, async (writing) => {
    const row = await lockChannel(writing.tx, actor.projectId, id)
    if (row?.kind !== 'webhook') throw new Fault('webhook_not_found')
    writing.append({ project_id: actor.projectId, kind, actor, data: { webhook_id: id, ...data } })
    return writing.tx
      .updateTable('channels')
      .set({ ...columns(writing, row), updated_at: writing.now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}
