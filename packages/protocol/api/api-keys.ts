import { z } from 'zod'
import { nameSchema, personReferenceSchema, referenceSchema, textSchema, workspaceIdSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { nullableTimestampSchema, timestampSchema } from './page.ts'
import { scopeSchema } from './scopes.ts'

const cidrSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** Block wins over allow; an empty allow list allows every address. */
export const ipFilterSchema = z.object({
  allow: z.array(cidrSchema).max(256).default([]),
  block: z.array(cidrSchema).max(256).default([]),
})
export type IpFilter = z.infer<typeof ipFilterSchema>

/** At most `requests` in any window of `window_seconds`. */
export const quotaSchema = z.object({
  requests: z.int().min(1).max(1_000_000_000),
  window_seconds: z.int().min(1).max(86_400),
})
export type Quota = z.infer<typeof quotaSchema>

/** A workspace that a key may call. The name is the one that it had then. */
export const keyWorkspaceSchema = z.object({ id: workspaceIdSchema, name: nameSchema })
export type KeyWorkspace = z.infer<typeof keyWorkspaceSchema>

/** Ids or names. */
const keyWorkspacesSchema = z.array(referenceSchema).min(1).max(limits.workspacesPerKey)

export const apiKeySchema = z.object({
  id: z.string(),
  object: z.literal('api_key'),
  name: z.string(),
  /** Whose it is: it acts as that person. Null for a service key. */
  user_id: z.string().nullable(),
  /** Their e-mail. */
  user: z.string().nullable(),
  /** The first characters of the value, enough to recognise it. */
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  is_active: z.boolean(),
  ip_filter: ipFilterSchema.nullable(),
  quota: quotaSchema.nullable(),
  /** null: it may call every workspace. */
  workspaces: z.array(keyWorkspaceSchema).nullable(),
  created_at: timestampSchema,
  expires_at: nullableTimestampSchema,
  last_used_at: nullableTimestampSchema,
  revoked_at: nullableTimestampSchema,
  /** Until when the value before the last rotation still works. */
  grace_until: nullableTimestampSchema,
})
export type ApiKey = z.infer<typeof apiKeySchema>

export const apiKeyCreateSchema = z.strictObject({
  name: textSchema(100).min(1),
  /** Whose it is to be, by id or e-mail. Left out: a service key. */
  user: personReferenceSchema.optional(),
  scopes: z.array(scopeSchema).min(1),
  expires_at: timestampSchema.optional(),
  ip_filter: z.strictObject(ipFilterSchema.shape).optional(),
  quota: z.strictObject(quotaSchema.shape).optional(),
  workspaces: keyWorkspacesSchema.optional(),
})
/** `key` is the value, shown this once. */
export const apiKeySecretSchema = apiKeySchema.extend({ key: z.string() })
export const ipFilterPutSchema = z.strictObject(ipFilterSchema.shape).nullable()
export const quotaPutSchema = z.strictObject(quotaSchema.shape).nullable()
export const keyWorkspacesPutSchema = z.strictObject({ workspaces: keyWorkspacesSchema }).nullable()
