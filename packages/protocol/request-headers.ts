// The headers of requests to the public API, beyond those of HTTP itself. The server reads by these
// patterns; OpenAPI and reference derive.
import { limits } from './limits.ts'

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
  'If-Match': {
    pattern: /^"?(\d{1,9})"?$/,
    description:
      'The newest version of the policy that the caller has seen, which is the `ETag` of the policy, or `"0"` where there was none: when it is ' +
      'another by now, nothing is changed, and the answer is `policy_conflict`. Another form is `invalid_request`.',
  },
  'X-Wire-Versions': {
    pattern: /^([1-9]\d{0,3})-([1-9]\d{0,3})$/,
    description:
      'The oldest and the newest version of the wire that the agent speaks, as `2-3`. One that says nothing speaks version 2. Another ' +
      'form is `invalid_request`.',
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
