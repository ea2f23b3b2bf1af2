import { createHmac } from 'node:crypto'

/**
 * What `X-Webhook-Signature` says: the HMAC of what was sent and when, in hex.
 * @param timestamp seconds since the epoch, as in `X-Webhook-Timestamp`
 */
export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}
