// What the outbox holds of a message: what it says, and of what. It takes its form when it is sent.
import { riskSchema } from '@xerotier/protocol/risk.ts'
import { z } from 'zod'

const entrySchema = z.object({
  title: z.string(),
  workspace: z.string().nullable(),
  risk: riskSchema.nullable(),
  requester: z.string().nullable(),
})

/** One of several: with the approval that it asks for, to be looked at and decided. */
const digestEntrySchema = entrySchema.extend({ approval: z.string().nullable().default(null) })

const messageBodySchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('asked'), approval: z.string(), stage: z.int() }),
  /** `sealed`: the token, in what is older than encrypted deliveries. */
  z.object({
    say: z.literal('invited'),
    invitation: z.string(),
    token: z.string().optional(),
    sealed: z.string().optional(),
  }),
  z.object({ say: z.literal('ended'), approval: z.string() }),
  /** The call of an approval that was given has ended. */
  z.object({ say: z.literal('resolved'), approval: z.string() }),
  z.object({
    say: z.literal('event'),
    subject: z.string(),
    about: entrySchema,
    at: z.string(),
    detail: z.string().nullable(),
  }),
  z.object({
    say: z.literal('digest'),
    subject: z.string(),
    /** A reminder tells of nothing new. */
    reminds: z.boolean(),
    entries: z.array(digestEntrySchema),
    /** Beyond those. */
    more: z.int(),
    /** How many were not told of before; without it all that are listed. */
    news: z.int().optional(),
    ended: z.record(z.string(), z.int()),
    waiting: z.int(),
  }),
  /** Of a password; until when it can be set. */
  z.object({ say: z.literal('reset'), until: z.string() }),
  z.object({ say: z.literal('test'), by: z.string() }),
])
export type MessageBody = z.infer<typeof messageBodySchema>

export function writeBody(body: MessageBody): string {
  return JSON.stringify(body)
}

/** @throws when it is of a version that this one does not know */
export function readBody(text: string): MessageBody {
  return messageBodySchema.parse(JSON.parse(text))
}
