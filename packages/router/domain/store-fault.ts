import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { NoPlace } from '@xerotier/runtime/shares.ts'
import { illegalMoveState } from '../store/lifecycle-triggers.ts'
import { isExhausted, isUnavailable } from '../store/unavailable.ts'

/** A full disk is not emptied in a second. */
const exhaustedSeconds = 10
/** SQLSTATE: a byte that is no text, and a character that the database cannot hold. */
const unstorableText = new Set(['22021', '22P05'])

/**
 * What a caller is told when the database is away, or refused a move. Undefined for any other
 * failure.
 */
export function storeFault(error: unknown): Fault | undefined {
  if (isExhausted(error)) {
    const message = 'The database cannot store anything now.'
    return new Fault('backend_unavailable', { message, retryAfter: exhaustedSeconds, cause: error })
  }
  if (error instanceof NoPlace && error.ownShare) {
    const message = 'Too many requests of yours wait for the database.'
    return new Fault('rate_limit_exceeded', { message, retryAfter: 1, cause: error })
  }
  if (isUnavailable(error)) return new Fault('backend_unavailable', { retryAfter: 1, cause: error })
  const code = codeOf(error)
  if (unstorableText.has(code ?? '')) {
    return new Fault('invalid_request', { message: 'The request holds text that cannot be stored.', cause: error })
  }
  return code === illegalMoveState ? new Fault('illegal_transition', { cause: error }) : undefined
}
