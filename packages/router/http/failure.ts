// Whatever went wrong becomes a Fault: a caller sees the catalogue and nothing else (law L7).
import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf, messageOf } from '@xerotier/protocol/thrown.ts'
import type { z } from 'zod'
import { storeFault } from '../domain/store-fault.ts'

/** Fastify's own refusals, by its error code. */
const fastifyFaults: Record<string, () => Fault> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Fault('json_parse_error'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Fault('json_parse_error', { message: 'The request body is empty.' }),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Fault('payload_too_large'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Fault('unsupported_media_type'),
  FST_ERR_CTP_EMPTY_TYPE: () => new Fault('unsupported_media_type'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Fault('invalid_request', { message: 'The body is not as long as content-length says.' }),
  FST_ERR_BAD_URL: () => new Fault('not_found'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Fault('not_found'),
}

/** The Fault of any failure. An unknown one is internal_error, with its cause for the log. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  if (code !== undefined) {
    const known = fastifyFaults[code]
    if (known !== undefined) return known()
    // What Node says of a caller who hung up: nobody hears the answer, and no database is away.
    if (code === 'ECONNRESET' && messageOf(error) === 'aborted')
      return new Fault('invalid_request', { message: 'The request ended in the middle of its body.' })
  }
  return storeFault(error) ?? new Fault('internal_error', { cause: error })
}

/**
 * What a schema has against a value, as the caller's Fault: `param` is the path of the first
 * offending field.
 */
export function faultOfSchema(error: z.core.$ZodError, part: 'body' | 'request'): Fault {
  const { path, message } = placeOf(error.issues[0])
  const param = path.length === 0 ? null : path.map(String).join('.')
  const code = part === 'body' ? 'invalid_body' : 'invalid_request'
  return new Fault(code, param === null ? { message } : { message: `${param}: ${message}`, param })
}

/** Of an unknown field the schema names its owner; the caller wants the field. */
function placeOf(issue: z.core.$ZodIssue | undefined): { path: PropertyKey[]; message: string } {
  if (issue === undefined) return { path: [], message: 'does not fit' }
  if (issue.code === 'unrecognized_keys')
    return { path: [...issue.path, ...issue.keys.slice(0, 1)], message: 'is not known here' }
  return { path: issue.path, message: issue.message }
}
