// Identifiers as they look outside. Their making is the router's business.
import { z } from 'zod'

export const uuidSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID')
export const projectIdSchema = z.string().regex(/^proj_[0-9A-Za-z]{4,48}$/, 'must look like proj_<id>')
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'must be lower-case letters, digits and inner hyphens, 48 at most')
export const workspaceIdSchema = z.string().regex(/^ws_[0-9a-f]{12,24}$/, 'must look like ws_<hex>')
export const agentIdSchema = z.string().regex(/^agt_[0-9A-Za-z_]{4,48}$/, 'must look like agt_<id>')
export const rotationIdSchema = z.string().regex(/^rot_[0-9A-Za-z]{4,48}$/, 'must look like rot_<id>')
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')
export const toolNameSchema = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be letters, digits, _ and -, 64 at most')
/** Names that operators choose: agents (registration_name) and workspaces. */
export const nameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,46}[a-zA-Z0-9])?$/, 'must be letters, digits and inner hyphens, 48 at most')
export const regionSchema = z.string().regex(/^[\x21-\x7e]{1,24}$/, 'must be 1 to 24 ASCII characters')
/** What people write: any text but what the record cannot hold. */
export const textSchema = (maxCharacters: number) =>
  z
    .string()
    .max(maxCharacters)
    .regex(/^[^\0]*$/, 'must hold no NUL character')
    .refine((text) => text.isWellFormed(), 'must hold no lone surrogate')
/** Neither spaces, nor what takes no room, nor the blank of Braille, which is a symbol. */
const seen = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u
/** Whether somebody who reads it reads anything. */
export const saysSomething = (text: string): boolean => seen.test(text)
/** A reason, where one has to be given. */
export const reasonSchema = (maxCharacters: number) =>
  textSchema(maxCharacters).refine(saysSomething, 'must say something')
/** A note that may be left out. One that says nothing is none. */
export const noteSchema = (maxCharacters: number) =>
  textSchema(maxCharacters)
    .transform((text) => (saysSomething(text) ? text : undefined))
    .optional()
/** A mailbox. Nothing in it is invisible: what people read is what it is. */
export const emailSchema = textSchema(254).regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, 'must look like <name>@<host>')
/** The id of a person, or their e-mail. */
export const personReferenceSchema = textSchema(254).min(1)
/** What people call somebody: no control characters, and nothing that turns the text around. */
export const personNameSchema = textSchema(100).regex(
  /^(?=.*\S)[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+$/u,
  'must be visible text on one line',
)
/** An external id or the operators' own name: every route that takes one takes the other. */
export const referenceSchema = textSchema(64).min(1)

/** The prefix lets secret scanners find a leaked key. `xero_<slug>_<43 base64url characters>`. */
export const apiKeyPattern = /^xero_([a-z0-9-]{1,48})_([A-Za-z0-9_-]{43})$/
/** A signed JWT behind the prefix. */
export const joinKeyPattern = /^xjk_[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
