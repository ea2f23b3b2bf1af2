// How people come in by the dashboard.
import { z } from 'zod'
import { personReferenceSchema, textSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { projectRoleSchema } from '../roles.ts'
import { pageQuerySchema, timestampSchema } from './page.ts'
import { shownPasskeySchema } from './passkeys.ts'
import { scopeSchema } from './scopes.ts'

export const loginLinkSchema = z.object({
  id: z.string(),
  object: z.literal('login_link'),
  /** Good for one login: `<router>/ops/login#<token>`. It is in this answer and nowhere else. */
  token: z.string(),
  /** Who logs in with it: whoever asked. */
  email: z.string(),
  expires_at: timestampSchema,
})
export type LoginLink = z.infer<typeof loginLinkSchema>

/** By what somebody proved who they are. */
export const loginMethods = ['link', 'password', 'authenticator', 'recovery_code', 'passkey', 'provider'] as const
/** What a project may require of a session. */
export const strongLogins = ['authenticator', 'passkey', 'provider'] as const
export type StrongLogin = (typeof strongLogins)[number]
export type LoginMethod = (typeof loginMethods)[number]

const sessionSchema = z.object({
  id: z.string(),
  object: z.literal('session'),
  address: z.string(),
  browser: z.string(),
  methods: z.array(z.enum(loginMethods)),
  /** The one that asks. */
  this: z.boolean(),
  created_at: timestampSchema,
  seen_at: timestampSchema,
  expires_at: timestampSchema,
})
export type Session = z.infer<typeof sessionSchema>

/** One that looks at the project now, as its owners see it. */
export const memberSessionSchema = sessionSchema.omit({ this: true }).extend({
  user_id: z.string(),
  user_email: z.string(),
  user_name: z.string(),
  /** The key by which it acts; null after a password, a passkey or the provider. */
  key_id: z.string().nullable(),
  key_name: z.string().nullable(),
})
export type MemberSession = z.infer<typeof memberSessionSchema>

/** `member`: id or e-mail. */
export const memberSessionQuerySchema = pageQuerySchema.extend({ member: personReferenceSchema.optional() })

/** All of a member in the project. Those that look elsewhere now do not come in either. */
export const endedSessionsSchema = z.object({
  object: z.literal('ended_sessions'),
  user_id: z.string(),
  user_email: z.string(),
  user_name: z.string(),
  /** How many looked at the project. */
  ended: z.int(),
})

const projectOfSessionSchema = z.object({ id: z.string(), slug: z.string(), name: z.string(), role: projectRoleSchema })

/** Who sits at the dashboard, and where. */
const openSessionSchema = sessionSchema.extend({
  person: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  project: projectOfSessionSchema,
  /** Where they may go: one, where the session came of a key. */
  projects: z.array(projectOfSessionSchema),
  scopes: z.array(scopeSchema),
  /** By one of these its person must have come, before the project is open to it; else empty. */
  needs: z.array(z.enum(strongLogins)),
  /** Sent back as `X-CSRF-Token` with each request. */
  csrf_token: z.string(),
  /** Milliseconds since the epoch, by the router's clock. */
  now: z.int(),
})
export type OpenSession = z.infer<typeof openSessionSchema>

/** What the dashboard's own door takes. */
export const loginSchema = z.strictObject({
  email: textSchema(254),
  password: textSchema(limits.passwordCharactersMax),
  /** Six digits of the authenticator, or a recovery code; of who has set one up. */
  code: textSchema(32).optional(),
  /** In its place. */
  passkey: shownPasskeySchema.optional(),
})
export type Login = z.infer<typeof loginSchema>
/** How somebody may come in here. */
const waysSchema = z.object({
  object: z.literal('ways'),
  /** The identity provider, as its button names it. */
  provider: z.string().nullable(),
  /** Whether a password can be set anew by a mail. */
  reset: z.boolean(),
})
export type Ways = z.infer<typeof waysSchema>

/** `again`: the provider asks who it is, also of who is logged in there. */
export const providerLoginSchema = z.strictObject({ again: z.boolean().default(false) })
export const linkLoginSchema = z.strictObject({ token: textSchema(64) })
export const passwordSchema = z.strictObject({
  current: textSchema(limits.passwordCharactersMax).default(''),
  password: textSchema(limits.passwordCharactersMax),
})
/** Who is in proves who they are once more: by one of their passkeys, or as they log in. */
export const freshSchema = z.union([
  z.strictObject({ passkey: shownPasskeySchema }),
  z.strictObject({ password: textSchema(limits.passwordCharactersMax), code: textSchema(64).optional() }),
])
export type Fresh = z.output<typeof freshSchema>
export const resetAskSchema = z.strictObject({ email: textSchema(254) })
export const resetSchema = z.strictObject({
  token: textSchema(1024),
  password: textSchema(limits.passwordCharactersMax),
})
export const projectChoiceSchema = z.strictObject({ project: textSchema(64) })

export const codeSchema = z.strictObject({ code: textSchema(32) })

const secondFactorSchema = z.object({
  object: z.literal('second_factor'),
  enabled: z.boolean(),
  recovery_codes_left: z.int(),
})
export type SecondFactor = z.infer<typeof secondFactorSchema>

/** In this answer and nowhere else. */
const secondFactorSecretSchema = z.object({
  object: z.literal('second_factor_secret'),
  /** Base32, to be typed. */
  secret: z.string(),
  /** `otpauth://…`, which authenticators open. */
  uri: z.string(),
})
export type SecondFactorSecret = z.infer<typeof secondFactorSecretSchema>
