// How long a project keeps what its calls leave.
import { z } from 'zod'
import { limits } from '../limits.ts'

/** Null: for ever; of output and artifacts, as long as their call. */
const daysSchema = z.int().min(1).max(limits.retentionDaysMax).nullable()

/** In days since the call ended. */
export const retentionSchema = z.object({
  executions_days: daysSchema,
  output_days: daysSchema,
  artifacts_days: daysSchema,
  /** Of the audit log too, which is made of events: never shorter than the router keeps that. */
  events_days: daysSchema,
})
export type Retention = z.infer<typeof retentionSchema>

/** What retention removes, each with a time of its own. */
export const retained = ['output', 'artifacts', 'executions', 'events'] as const
export type Retained = (typeof retained)[number]

/** Why nothing is removed, whatever its age. */
export const retentionStopSchema = z.enum(['legal_hold', 'incident'])
export type RetentionStop = z.infer<typeof retentionStopSchema>

/** Of a new project. */
export const retentionDefaults: Retention = {
  executions_days: 90,
  output_days: 30,
  artifacts_days: 30,
  events_days: 365,
}
