import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { illegalMoveState } from '../store/lifecycle-triggers.ts'
import { isUnavailable } from '../store/unavailable.ts'

/**
 * What a caller is told when the database is away, or refused a move. Undefined for any other
 * failure.
 */
export function storeFault(error: unknown): Fault | undefined {
  if (isUnavailable(error)) return new Fault('backend_unavailable', { retryAfter: 1, cause: error })
  const code = codeOf(error)
  return code === illegalMoveState ? new Fault('illegal_transition', { cause: error }) : undefined
}
