// Passkeys: what browsers and authenticators say of them, and what is shown of them.
// https://www.w3.org/TR/webauthn-3/
import { z } from 'zod'
import { personNameSchema, textSchema } from '../ids.ts'
import { decisionSchema } from './approvals.ts'
import { timestampSchema } from './page.ts'

const bytesSchema = (maxCharacters: number) => textSchema(maxCharacters).regex(/^[\w-]+$/, 'must be base64url')

/** What `PublicKeyCredential.toJSON` says of each. */
const credential = {
  id: bytesSchema(1366),
  rawId: bytesSchema(1366),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
}

export const shownPasskeySchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytesSchema(4096),
    authenticatorData: bytesSchema(4096),
    signature: bytesSchema(4096),
    userHandle: bytesSchema(128).optional(),
  }),
})
export type ShownPasskey = z.infer<typeof shownPasskeySchema>
export const passkeyLoginSchema = z.strictObject({ passkey: shownPasskeySchema })

/** What somebody is about to confirm. */
export const confirmVoteSchema = z.strictObject({ digest: textSchema(64) })
/** An approval with a passkey, over what its digest says. */
export const confirmedDecisionSchema = decisionSchema.extend({ digest: textSchema(64), passkey: shownPasskeySchema })

export const newPasskeySchema = z.strictObject({
  name: personNameSchema,
  /** How the browser reaches it: `internal`, `usb`, … */
  transports: z.array(textSchema(32)).max(10).default([]),
  response: z.object({
    ...credential,
    response: z.object({ clientDataJSON: bytesSchema(4096), attestationObject: bytesSchema(16_384) }),
  }),
})
export type NewPasskey = z.output<typeof newPasskeySchema>
export const passkeyNameSchema = z.strictObject({ name: personNameSchema })

const passkeySchema = z.object({
  id: z.string(),
  object: z.literal('passkey'),
  name: z.string(),
  /** In more than one device of its person. */
  backed_up: z.boolean(),
  created_at: timestampSchema,
  used_at: timestampSchema.nullable(),
})
export type Passkey = z.infer<typeof passkeySchema>

const passkeyListSchema = z.object({
  object: z.literal('list'),
  data: z.array(passkeySchema),
  /** The only origin at whose pages they are good; null where there can be none. */
  origin: z.string().nullable(),
})
export type PasskeyList = z.infer<typeof passkeyListSchema>
/** With codes to recover with, when it is the first second step of its person. */
export type AddedPasskey = Passkey & { recovery_codes: string[] }
