// The headers of the public API beyond those of HTTP itself. The server reads by these patterns; OpenAPI and reference derive.
import { limits } from './limits.ts'
import { commonErrors, type Route, statusOf } from './route.ts'

/** Headers of requests, as they are written. None is mandatory. */
export const requestHeaders = {
  'X-Request-ID': {
    pattern: /^[A-Za-z0-9._:-]{8,128}$/,
    description:
      'Names this request in the answer, in the log and in the record of the execution. Another value, or none, is replaced by a new UUID.',
  },
  'Idempotency-Key': {
    pattern: new RegExp(`^[\\x21-\\x7e]{1,${limits.idempotencyKeyCharacters}}$`),
    description:
      'Makes a submit safe to repeat: the same key with the same call answers the execution that it made. With another call it ' +
      'is `idempotency_conflict`, malformed it is `invalid_request`. Keys belong to the project.',
  },
  // https://www.w3.org/TR/trace-context/#traceparent-header
  traceparent: {
    pattern: /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
    description: 'The W3C trace that the call is to be part of. A malformed one is ignored.',
  },
  'Last-Event-ID': {
    pattern: /^\d{1,19}-\d{1,18}(?:\.\d{1,9}\.(?:-1|\d{1,9}))?$/,
    description:
      'Resumes the stream behind the event of this id. A stream with `output=true` gives the longer ids, and only streams of executions ' +
      'take them. Another form is `invalid_request`.',
  },
} as const satisfies Record<string, { pattern: RegExp; description: string }>
export type RequestHeaderName = keyof typeof requestHeaders

/** What a request to this route may carry. */
export function requestHeadersOf(definition: Route): RequestHeaderName[] {
  return ['X-Request-ID', ...(definition.headers ?? [])]
}

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
    sent: (definition, status) => Array.isArray(definition.auth) && status !== 401,
  },
  'X-RateLimit-Remaining': {
    type: 'integer',
    description: 'How many of them are left. Both are missing when the request was refused before it was counted.',
    sent: (definition, status) => Array.isArray(definition.auth) && status !== 401,
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
  return (Object.keys(answerHeaders) as AnswerHeaderName[]).filter((name) =>
    answerHeaders[name].sent(definition, status),
  )
}

function refusalsOf(definition: Route): Set<number> {
  return new Set([...commonErrors(definition), ...definition.errors].map((code) => statusOf(definition, code)))
}
