// The headers of answers of the public API, beyond
// those of HTTP itself. OpenAPI and reference derive.
import { commonErrors, type Route, statusOf } from './route.ts'
import { keysOf } from './table.ts'

/** Headers of answers; `sent` says with which of a route's statuses. */
export const answerHeaders = {
  'X-Request-ID': {
    type: 'string',
    description: "The request's id: what it asked for, or a new one.",
    sent: () => true,
  },
  'X-RateLimit-Limit': {
    type: 'integer',
    description: 'Requests that the key may make in one window: of its quota, else of the common limit a minute.',
    sent: (definition, status) => typeof definition.auth === 'object' && status !== 401,
  },
  'X-RateLimit-Remaining': {
    type: 'integer',
    description: 'How many of them are left. Both are missing when the request was refused before it was counted.',
    sent: (definition, status) => typeof definition.auth === 'object' && status !== 401,
  },
  'Retry-After': {
    type: 'integer',
    description: 'Seconds to wait: with every 429, and with a 503 where it is known.',
    sent: (definition, status) => (status === 429 || status === 503) && refusalsOf(definition).has(status),
  },
  'WWW-Authenticate': {
    type: 'string',
    description: '`Bearer`.',
    sent: (definition, status) => status === 401 && refusalsOf(definition).has(status),
  },
} as const satisfies Record<
  string,
  { type: 'string' | 'integer'; description: string; sent: (definition: Route, status: number) => boolean }
>
export type AnswerHeaderName = keyof typeof answerHeaders

/** What an answer of this route with this status carries. */
export function answerHeadersOf(definition: Route, status: number): AnswerHeaderName[] {
  return keysOf(answerHeaders).filter((name) => answerHeaders[name].sent(definition, status))
}

function refusalsOf(definition: Route): Set<number> {
  return new Set([...commonErrors(definition), ...definition.errors].map((code) => statusOf(definition, code)))
}
