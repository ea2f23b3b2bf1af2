// One attempt to deliver an event to a webhook. Whatever answers 2xx in time has it.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Outbound, OutboundAnswer } from '@xerotier/runtime/outbound.ts'
import type { ChannelRow, DeliveryRow } from '../../store/tables.ts'
import { signingSecrets } from '../channels/secret.ts'
import type { Attempted } from '../deliveries/attempt.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { reasonOf } from './reason.ts'
import { webhookSignature } from './sign.ts'

export type Sending = Pick<Records, 'clock'> & { identity: Identity; outbound: Outbound }

export async function sendWebhook(core: Sending, channel: ChannelRow, delivery: DeliveryRow): Promise<Attempted> {
  const now = core.clock.now()
  const timestamp = String(Math.floor(now / 1000))
  const secrets = signingSecrets(core.identity, channel, new Date(now))
  const [usual, next] = secrets.map((secret) => webhookSignature(secret, timestamp, delivery.body))
  if (usual === undefined) return { delivered: false, error: 'the webhook has no secret', final: true }
  return post(core, channel.target, delivery.body, {
    'user-agent': 'xerotier-router',
    'x-webhook-id': delivery.event_id,
    'x-webhook-delivery': delivery.id,
    'x-webhook-timestamp': timestamp,
    'x-webhook-signature': usual,
    ...(next === undefined ? {} : { 'x-webhook-signature-next': next }),
  })
}

/** Posts JSON, unless the headers say otherwise, and says what came of it. */
export async function post(
  { outbound }: Pick<Sending, 'outbound'>,
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Attempted> {
  let answer: OutboundAnswer
  try {
    answer = await outbound({ method: 'POST', url, body, headers: { 'content-type': 'application/json', ...headers } })
  } catch (error) {
    return { delivered: false, error: reasonOf(error) }
  }
  const { status } = answer
  if (status >= 200 && status < 300) return { delivered: true, status }
  return {
    delivered: false,
    status,
    error: status >= 300 && status < 400 ? `it answered ${status}, a redirect` : `it answered ${status}`,
    retryAfterMs: retryAfterMs(answer.headers['retry-after']),
  }
}

function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined
}

/** Limits of what goes to webhooks and channels. */
export const outboundLimits = {
  totalMs: limits.deliveryTimeoutMs,
  firstByteMs: limits.deliveryTimeoutMs,
  answerBytes: 64 * 1024,
  connections: limits.deliveriesAtOnce,
}
