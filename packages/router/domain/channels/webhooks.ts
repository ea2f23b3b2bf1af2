// What can be done with a webhook, each verb with its event. Its secret is in one answer, and in no
// event, list or log.
import type {
  rotateSecretSchema,
  Webhook,
  webhookCreateSchema,
  webhookUpdateSchema,
} from '@xerotier/protocol/api/webhooks.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { selectChannel, selectChannels } from '../../store/channels.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { changeChannel, deleted, keepCount, workspaceIds } from './change.ts'
import { presentChannels } from './present.ts'
import { newWebhookSecret, sealChannelSecret } from './secret.ts'
import { checkTarget } from './target.ts'

type Create = z.output<typeof webhookCreateSchema>
type Update = z.output<typeof webhookUpdateSchema>
/** What `changeChannel` is told of them. */
const webhook = { kinds: ['webhook'], notFound: 'webhook_not_found', idOf: 'webhook_id' } as const

type Changing = Records & Directory & { identity: Identity; settings: Pick<Settings, 'privateTargets'> }

/** @throws Fault invalid_body, workspace_not_found, capacity_exceeded */
export async function createWebhook(
  core: Changing,
  actor: Member,
  body: Create,
): Promise<Webhook & { secret: string }> {
  const url = checkTarget(body.url, 'url', core.settings.privateTargets)
  const workspaces = await workspaceIds(core, actor, body.workspaces)
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
  return presentWebhook(
    core,
    await changeChannel(core, actor, id, webhook, 'webhook.updated', () => columns, said(body)),
  )
}

/**
 * What waits for it is given up when its turn comes.
 * @throws Fault webhook_not_found
 */
export async function deleteWebhook(core: Records, actor: Member, id: string): Promise<Webhook> {
  const row = await changeChannel(core, actor, id, webhook, 'webhook.deleted', deleted)
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
  const row = await changeChannel(
    core,
    actor,
    id,
    webhook,
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
    ...(body.workspaces === undefined ? {} : { workspaces: await workspaceIds(core, actor, body.workspaces) }),
    ...(body.is_active === undefined ? {} : { active: body.is_active }),
  }
}

/** What events say of it: its URL may hold a secret of the receiver. */
function said({ url, events, is_active }: Update): Record<string, unknown> {
  return { ...(url === undefined ? {} : { origin: URL.parse(url)?.origin }), events, is_active }
}
