import type { WebhookEvent } from '@xerotier/protocol/api/webhooks.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import type { LoggedEvent } from '../events/event-log.ts'

/**
 * Names an event to those who are told of it, the same each time. Its place in the log alone would
 * not do: a restored dump has other ones.
 */
export function toldId({ id, project_id, kind, at }: LoggedEvent): string {
  return `evt_${sha256Hex(`${project_id} ${kind} ${id} ${at.toISOString()}`).slice(0, 24)}`
}

/** What can be large, and can be asked for. */
const large = ['args', 'result']

/** The text that is sent, and signed. What makes it too large is left out and named. */
export function webhookBody(event: Omit<WebhookEvent, 'object'>): string {
  const text = (data: Record<string, unknown>) => {
    const { id, type, created_at } = event
    return JSON.stringify({ id, object: 'event', type, created_at, data } satisfies WebhookEvent)
  }
  const whole = text(event.data)
  if (Buffer.byteLength(whole) <= limits.deliveryBytes) return whole
  const left = large.filter((field) => field in event.data)
  const less = Object.fromEntries(left.map((field) => [field, null]))
  return text({ ...event.data, ...less, left_out: left })
}
