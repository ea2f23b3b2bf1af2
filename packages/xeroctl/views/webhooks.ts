import type { Webhook } from '@xerotier/protocol/api/webhooks.ts'
import type { RecordView, View } from '../output/view.ts'

export const webhookView: View<Webhook> = {
  name: (webhook) => webhook.id,
  columns: [
    { header: 'ID', value: (webhook) => webhook.id },
    { header: 'URL', value: (webhook) => webhook.url, shrink: true },
    { header: 'EVENTS', value: (webhook) => webhook.events.join(','), shrink: true, dropOrder: 2 },
    { header: 'ACTIVE', value: (webhook) => webhook.is_active },
    { header: 'HEALTH', value: healthOf, dropOrder: 3 },
    { header: 'CREATED', value: (webhook) => ({ time: webhook.created_at }), dropOrder: 1 },
    { header: 'DESCRIPTION', value: (webhook) => webhook.description, wide: true },
  ],
}

export const webhookRecord: RecordView<Webhook> = {
  name: webhookView.name,
  detail: (webhook) => ({
    fields: [
      ['Id', webhook.id],
      ['URL', webhook.url],
      ['Description', webhook.description],
      ['Events', webhook.events.join(', ')],
      ['Workspaces', listOr(webhook.workspaces.map(({ name }) => name))],
      ['Risks', listOr(webhook.risks)],
      ['Active', webhook.is_active],
      ['Last delivered', { time: webhook.last_delivered_at }],
      ['Last failed', { time: webhook.last_failed_at }],
      ['Last error', webhook.last_error],
      ['Old secret signs until', { due: webhook.overlap_until }],
      ['Created', { time: webhook.created_at }],
      ['Updated', { time: webhook.updated_at }],
    ],
  }),
}

/** As the last attempt left it. */
export function healthOf(webhook: Pick<Webhook, 'last_error' | 'last_delivered_at'>) {
  if (webhook.last_error !== null) return { word: 'failed', text: 'failing' }
  return webhook.last_delivered_at === null ? null : { word: 'healthy' }
}

export function listOr(words: readonly string[]): string {
  return words.length === 0 ? 'all' : words.join(', ')
}
