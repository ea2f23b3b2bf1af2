import type { Core } from '../../../core.ts'
import {
  createPlace,
  deletePlace,
  findPlace,
  listPlaces,
  showPlace,
  updatePlace,
} from '../../../domain/channels/places.ts'
import {
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  rotateWebhookSecret,
  showWebhook,
  updateWebhook,
} from '../../../domain/channels/webhooks.ts'
import { listDeliveries } from '../../../domain/deliveries/list.ts'
import { redeliver } from '../../../domain/deliveries/redeliver.ts'
import { testChannel } from '../../../domain/notifications/test-channel.ts'
import type { Handlers } from '../handlers.ts'

export function notificationHandlers(core: Core) {
  return {
    'webhooks.list': ({ actor, query }) => listWebhooks(core, actor, query),
    'webhooks.create': ({ actor, body }) => createWebhook(core, actor, body),
    'webhooks.show': ({ actor, params }) => showWebhook(core, actor, params.id),
    'webhooks.update': ({ actor, params, body }) => updateWebhook(core, actor, params.id, body),
    'webhooks.delete': ({ actor, params }) => deleteWebhook(core, actor, params.id),
    'webhooks.test': async ({ actor, params }) => testChannel(core, actor, await findWebhook(core, actor, params.id)),
    'webhooks.rotateSecret': ({ actor, params, body }) => rotateWebhookSecret(core, actor, params.id, body),
    'webhooks.deliveries': async ({ actor, params, query }) =>
      listDeliveries(core, actor, { ...query, channel: (await findWebhook(core, actor, params.id)).id }),
    'channels.list': ({ actor, query }) => listPlaces(core, actor, query),
    'channels.create': ({ actor, body }) => createPlace(core, actor, body),
    'channels.show': ({ actor, params }) => showPlace(core, actor, params.id),
    'channels.update': ({ actor, params, body }) => updatePlace(core, actor, params.id, body),
    'channels.delete': ({ actor, params }) => deletePlace(core, actor, params.id),
    'channels.test': async ({ actor, params }) => testChannel(core, actor, await findPlace(core, actor, params.id)),
    'deliveries.list': ({ actor, query }) => listDeliveries(core, actor, query),
    'deliveries.redeliver': ({ actor, params }) => redeliver(core, actor, params.id),
  } satisfies Partial<Handlers>
}
