// The audit log: what was done, read and refused, by whom, and the proof that nobody changed it.
import { z } from 'zod'
import { textSchema } from '../ids.ts'
import { eventSchema } from './events.ts'
import { nullableTimestampSchema, pageQuerySchema, timestampSchema } from './page.ts'

export const auditRecordSchema = eventSchema.extend({
  object: z.literal('audit_record'),
  /** Its place in the sealed log; null until it is sealed, within seconds. */
  index: z.int().nullable(),
})
export type AuditRecord = z.infer<typeof auditRecordSchema>

/** What proves that the record is in the log: RFC 6962, checkpoint by C2SP tlog-checkpoint. */
const auditProofSchema = z.object({
  index: z.int(),
  /** Of the log that it is in. */
  size: z.int(),
  /** Base64, from the leaf upwards. */
  hashes: z.array(z.string()),
  /** A signed note. */
  checkpoint: z.string(),
})

export const auditRecordDetailSchema = auditRecordSchema.extend({
  /** The very bytes that are sealed; null when the record is not sealed yet. */
  entry: z.string().nullable(),
  proof: auditProofSchema.nullable(),
})
export type AuditRecordDetail = z.infer<typeof auditRecordDetailSchema>

const filters = {
  /** Who did it: id of a person, a key or an agent, e-mail of a person, name of an agent. */
  actor: textSchema(254).optional(),
  /**
   * Whom or what it concerns, also as the actor: the same, or an execution, an approval, a
   * workspace, any id.
   */
  subject: textSchema(254).optional(),
  /** Kinds of events, or what stands before their dot; comma-separated. */
  kind: textSchema(500).optional(),
}

export const auditQuerySchema = pageQuerySchema.extend({
  ...filters,
  since: timestampSchema.optional(),
  until: timestampSchema.optional(),
})

export const auditStreamQuerySchema = z.object(filters)

export const cosignatureSchema = z.object({
  /** Which agent has seen it; null where that is a witness outside, which its key names. */
  agent_id: z.string().nullable(),
  agent_name: z.string().nullable(),
  /** Of its signature: `<name>+<id>+<key>`. The agent logs it as it starts. */
  verifier_key: z.string(),
  /**
   * The keys of the agent before that one, the oldest first, each with its signature of the next
   * (SPEC 4.13): who keeps an older key follows them.
   */
  replaced: z.array(z.object({ verifier_key: z.string(), rotation_id: z.string(), signature: z.string() })),
  /** Records of the log then. */
  size: z.int(),
  /** By the clock of the agent. */
  seen_at: timestampSchema,
  /** The signed note, with the signature of the agent (C2SP tlog-cosignature). */
  checkpoint: z.string(),
})
export type Cosignature = z.infer<typeof cosignatureSchema>

export const auditLogSchema = z.object({
  object: z.literal('audit_log'),
  origin: z.string(),
  /** Of signed notes: `<name>+<id>+<key>`. Keep it where the router cannot reach. */
  verifier_key: z.string(),
  /** Sealed records, also those that retention has removed. */
  size: z.int(),
  /** The first record whose entry is still there. */
  first_index: z.int(),
  sealed_at: nullableTimestampSchema,
  /** The signed note; null before the first seal. */
  checkpoint: z.string().nullable(),
  /** What the router keeps of it beside the database: the log must begin with that. */
  kept_checkpoint: z.string().nullable(),
  /** What agents saw of it last, the newest first, up to 100: the log must begin with each. */
  cosignatures: z.array(cosignatureSchema),
  /** Records that stand where all is sealed, and were never: somebody put them there. Some ids. */
  strays: z.array(z.string()),
})
export type AuditLog = z.infer<typeof auditLogSchema>

export const auditEntriesQuerySchema = z.object({
  /** Index of the first. */
  from: z.coerce.number().int().min(0).default(0),
  /** Behind the last. */
  to: z.coerce.number().int().min(0),
})
