import { group } from '../../command.ts'
import { webhooksCreate } from './create.ts'
import { webhooksDelete } from './delete.ts'
import { webhooksDeliveries } from './deliveries.ts'
import { webhooksList } from './list.ts'
import { webhooksRotateSecret } from './rotate-secret.ts'
import { webhooksShow } from './show.ts'
import { webhooksTest } from './test.ts'
import { webhooksUpdate } from './update.ts'

export const webhooks = group({
  name: 'webhooks',
  summary: 'Webhooks: programs that are told of events',
  members: [
    webhooksList,
    webhooksShow,
    webhooksCreate,
    webhooksUpdate,
    webhooksDelete,
    webhooksTest,
    webhooksDeliveries,
    webhooksRotateSecret,
  ],
  bare: {
    list: webhooksList,
    show: webhooksShow,
    actions: {
      create: webhooksCreate,
      update: webhooksUpdate,
      delete: webhooksDelete,
      test: webhooksTest,
      deliveries: webhooksDeliveries,
      rotateSecret: webhooksRotateSecret,
    },
  },
})
