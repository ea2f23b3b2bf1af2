// Archives of what happened, for a postmortem or another system.
import { z } from 'zod'
import { digestSchema, textSchema } from '../ids.ts'
import { exportStateSchema } from '../lifecycles/export.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

export const exportTypes = ['executions', 'approvals', 'audit', 'agents'] as const
export type ExportType = (typeof exportTypes)[number]
/** `cef` and `ocsf` are what SIEMs read: records of the audit log alone. */
export const exportFormats = ['ndjson', 'csv', 'cef', 'ocsf'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Of audit records that are forwarded as they happen. */
export const siemFormats = ['cef', 'ocsf', 'ndjson'] as const satisfies ExportFormat[]
export type SiemFormat = (typeof siemFormats)[number]

export const exportCreateSchema = z.strictObject({
  type: z.enum(exportTypes),
  /** Of what was made from then on; of agents, all. */
  since: timestampSchema,
  until: timestampSchema,
  /** Of one workspace: executions and approvals. */
  workspace: textSchema(64).optional(),
  format: z.enum(exportFormats).default('ndjson'),
})

export const exportSchema = z.object({
  id: z.string(),
  object: z.literal('export'),
  type: z.enum(exportTypes),
  format: z.enum(exportFormats),
  since: timestampSchema,
  until: timestampSchema,
  workspace: z.string().nullable(),
  state: exportStateSchema,
  created_by: z.string(),
  created_at: timestampSchema,
  finished_at: nullableTimestampSchema,
  /** When the archive is removed. */
  expires_at: nullableTimestampSchema,
  /** How many, so far. */
  rows: z.int(),
  /** Of the archive; null until it is complete. */
  bytes: z.int().nullable(),
  sha256: digestSchema.nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
})
export type Export = z.infer<typeof exportSchema>

export const exportQuerySchema = pageQuerySchema.extend({
  /** One or more states, comma-separated. */
  state: textSchema(100).optional(),
})
