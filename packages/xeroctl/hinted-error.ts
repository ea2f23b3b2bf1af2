import { ApiError } from '@xerotier/client/api-error.ts'

/**
 * The router's error with a hint that knows more than its catalogue: what else the person may have
 * meant.
 */
export class HintedError extends ApiError {
  readonly hint: string

  constructor(error: ApiError, hint: string) {
    super(error)
    this.hint = hint
  }
}
