// The ways in which a call fails: the router said no,
// nobody answered, or there was nothing that could be sent.
import type { ErrorEnvelope } from '@xerotier/protocol/errors.ts'

export type RetryStrategy = NonNullable<ErrorEnvelope['error']['retry_strategy']>

export interface ApiErrorFields {
  status: number
  /** Stable code of the catalogue; null when the answer carried none (a proxy's page, say). */
  code: string | null
  type: string
  message: string
  /** The field, path or parameter at fault. */
  param: string | null
  /** Seconds. */
  retryAfter: number | undefined
  retryStrategy: RetryStrategy | undefined
  /** `X-Request-ID` of the answer: the handle to give to whoever reads the router's log. */
  requestId: string | null
}

/** The router answered with an error. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | null
  readonly type: string
  readonly param: string | null
  readonly retryAfter: number | undefined
  readonly retryStrategy: RetryStrategy | undefined
  readonly requestId: string | null

  constructor(fields: ApiErrorFields) {
    super(fields.message)
    this.name = 'ApiError'
    this.status = fields.status
    this.code = fields.code
    this.type = fields.type
    this.param = fields.param
    this.retryAfter = fields.retryAfter
    this.retryStrategy = fields.retryStrategy
    this.requestId = fields.requestId
  }
}

/**
 * No answer, or only a part of one: refused, unreachable,
 * cut, too slow, or the certificate does not verify.
 */
export class ConnectionError extends Error {
  /** The system's code (`ECONNREFUSED`), `timeout`, or null. */
  readonly code: string | null

  constructor(message: string, code: string | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ConnectionError'
    this.code = code
  }
}

/** Whether a ConnectionError of this code had a connection: the request may have arrived. */
export function isCut(code: string | null): boolean {
  return code !== null && cutCodes.has(code)
}

const cutCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** What was given cannot be put into a request. */
export class InputError extends Error {}
