// Devices that are told by Web Push: what their browsers say, and what is shown of them.
// https://www.w3.org/TR/push-api/
import { z } from 'zod'
import { textSchema } from '../ids.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'

/** @param bytes that it stands for */
const bytesSchema = (bytes: number) =>
  textSchema(200).regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}$`), `must be base64url of ${bytes} bytes`)

export const newPushDeviceSchema = z.strictObject({
  /** What its person calls it. */
  name: textSchema(60).min(1),
  /** Where its push service takes messages for it: whoever knows it and the key may send there. */
  endpoint: textSchema(2000).min(1),
  /** The router's key that it was made with: `key` of the list. */
  key: bytesSchema(65),
  /** What messages for it are encrypted with (RFC 8291). */
  keys: z.strictObject({ p256dh: bytesSchema(65), auth: bytesSchema(16) }),
})
export type NewPushDevice = z.output<typeof newPushDeviceSchema>

const pushDeviceSchema = z.object({
  /** Of the channel that it is. */
  id: z.string(),
  object: z.literal('push_device'),
  name: z.string(),
  /** Origin of its push service. */
  service: z.string(),
  /** SHA-256 of its endpoint, hexadecimal: a browser finds itself by it. */
  endpoint_hash: z.string(),
  /** False when an owner has switched it off. */
  is_active: z.boolean(),
  created_at: timestampSchema,
  last_delivered_at: nullableTimestampSchema,
  last_error: z.string().nullable(),
})
export type PushDevice = z.infer<typeof pushDeviceSchema>

const pushDeviceListSchema = z.object({
  object: z.literal('list'),
  data: z.array(pushDeviceSchema),
  /** `applicationServerKey` of new ones, base64url. */
  key: z.string(),
})
export type PushDeviceList = z.infer<typeof pushDeviceListSchema>
