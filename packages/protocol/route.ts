// What a route of the public API is. routes.ts lists them all; server, client, docs and the
// authorisation test derive from it.
import type { z } from 'zod'
import type { Scope } from './api/scopes.ts'
import { type ErrorCode, errors } from './errors.ts'
import type { AccessKind } from './events.ts'
import type { RequestHeaderName } from './request-headers.ts'

/**
 * `public`: anyone. `agent`: an enrolled agent's token. Else an API key, with every scope of a list
 * or with one of `anyOf`.
 */
export type Auth = 'public' | 'agent' | readonly Scope[] | { readonly anyOf: readonly Scope[] }

/** What routes are about, as the OpenAPI document explains it. */
export const routeTags = {
  health: 'Whether the router runs, and what it can say of itself. No key is needed.',
  enrollment: 'How an agent joins: with a join key, and later with its own.',
  management: 'The project and its settings.',
  agents: 'The hosts that run tools.',
  pauses: 'What is stopped, by whom, why, and until when.',
  'join keys': 'What an agent enrolls with, once.',
  'API keys': 'Who may call this API.',
  workspaces: 'What tools act on, and which agents serve it.',
  execution: 'Tools, calls, and what came of them.',
  approvals: 'Decisions of people on gated calls.',
  people: 'Members of a project, their groups, delegations and invitations.',
  policies: 'Who must approve what: versions of policies, tried before they decide.',
  notifications: 'Who is told of events: webhooks, chats, pagers and mail, and what became of each delivery.',
  exports: 'Archives of what happened, for a postmortem or another system.',
  audit: 'The sealed record of what happened, and what proves that nothing in it was changed.',
} as const

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Fastify notation: `/:project_id/v1/…`. A route of a project starts with `/:project_id/`. */
  path: string
  summary: string
  tag: keyof typeof routeTags
  /** Who may call it. */
  auth: Auth
  /** What its answer gives away, as the audit log calls it: each answer is on record. */
  reads?: Exclude<AccessKind, 'access.refused'>
  /** Of people, owners of the project alone; service keys until it has one. */
  owners?: true
  params?: z.ZodObject
  query?: z.ZodObject
  /** Headers that say something to this route, beyond those of every route (`requestHeadersOf`). */
  headers?: readonly RequestHeaderName[]
  /** Schema of the JSON body; a route without one takes none. */
  body?: z.ZodType
  /** JSON answer, or another kind of body. `document`: JSON that is the same for everybody. */
  response: z.ZodType | 'sse' | 'bytes' | 'text' | 'document'
  /** Of an `sse` answer: the data of its events. */
  events?: z.ZodType
  /** Success statuses, the usual one first. */
  status: readonly [number, ...number[]]
  /** Beyond what every route of its kind can answer (`commonErrors`). */
  errors: readonly ErrorCode[]
  /** Of those, which it answers with another status than the catalogue's. */
  statuses?: Partial<Record<ErrorCode, number>>
}

/** Keeps the literal types of one entry. */
export function route<const R extends Route>(definition: R): R {
  return definition
}

/** What a request to this route may carry. */
export function requestHeadersOf(definition: Route): RequestHeaderName[] {
  return ['X-Request-ID', ...(definition.headers ?? [])]
}

/** The status with which this route answers an error. */
export function statusOf(definition: Route, code: ErrorCode): number {
  return definition.statuses?.[code] ?? errors[code].status
}

/** What any route of this kind may answer besides its own errors. */
export function commonErrors(definition: Route): ErrorCode[] {
  const codes: ErrorCode[] = ['internal_error']
  if (definition.query !== undefined || definition.params !== undefined) codes.push('invalid_request')
  // Whatever takes no body refuses one that says something.
  if (definition.method !== 'GET')
    codes.push('invalid_body', 'json_parse_error', 'payload_too_large', 'unsupported_media_type')
  if (definition.auth === 'public') return [...codes, 'rate_limit_exceeded']
  codes.push('authentication_error')
  if (definition.auth !== 'agent')
    codes.push('scope_insufficient', 'cross_project_access', 'ip_not_allowed', 'csrf_refused')
  // Who presents wrong credentials is slowed down, and whose they are stands in the database.
  codes.push('rate_limit_exceeded', 'backend_unavailable')
  return codes
}

/** The scope that is missing of those that a route wants; of several that would do, the first. */
export function missingScope(auth: Exclude<Auth, string>, has: (scope: Scope) => boolean): Scope | undefined {
  if (!('anyOf' in auth)) return auth.find((scope) => !has(scope))
  return auth.anyOf.some(has) ? undefined : auth.anyOf[0]
}

/** Who may call a route, in words. */
export function authText(auth: Auth): string {
  if (auth === 'public') return 'no key'
  if (auth === 'agent') return "an agent's token"
  const [scopes, word] = 'anyOf' in auth ? [auth.anyOf, 'or'] : [auth, 'and']
  return `an API key with ${scopes.map((scope) => `\`${scope}\``).join(` ${word} `)}`
}
