// How a failure reads: one line of what, one line of what to do. Under -o json and ndjson the same
// as one JSON line. Always on stderr: stdout holds answers only, as with kubectl and gh.
import { errorDataOf } from '@xerotier/client/advice.ts'
import { ApiError, ConnectionError, InputError, isCut } from '@xerotier/client/api-error.ts'
import { adviceText } from '@xerotier/protocol/advice.ts'
import { Interrupted, UsageError } from './exit-codes.ts'
import { HintedError } from './hinted-error.ts'
import { printable } from './output/cell.ts'
import type { Format } from './output/format.ts'

export function reportOf(error: unknown, format: Format): string {
  if (error instanceof Interrupted) return ''
  if (format === 'json' || format === 'ndjson') return `${JSON.stringify({ error: envelopeOf(error) })}\n`
  const hint = hintOf(error)
  return `error: ${printable(sentenceOf(error))}\n${hint === undefined ? '' : `hint: ${printable(hint)}\n`}`
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error)
  const marks = [error.code ?? `HTTP ${error.status}`]
  if (error.param !== null) marks.push(`at ${error.param}`)
  if (error.requestId !== null) marks.push(`request ${error.requestId}`)
  return `${error.message} (${marks.join(', ')})`
}

export function hintOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof HintedError) return error.hint
  if (error instanceof ConnectionError) {
    return isCut(error.code)
      ? 'Try again, but after a write look first whether it took effect. If this goes on, check the address with `xeroctl status`.'
      : 'Check the address with `xeroctl status`.'
  }
  if (!(error instanceof ApiError)) return undefined
  const advice = errorDataOf(error.code)?.advice
  const text = advice === undefined ? undefined : adviceText(advice)
  if (error.retryAfter === undefined) return text
  // Some of the catalogue's advice is just that.
  const more = text === undefined || text.startsWith('Wait') ? '' : ` ${text}`
  return `Wait ${error.retryAfter} s and try again.${more}`
}

function envelopeOf(error: unknown): Record<string, unknown> {
  if (error instanceof ApiError) {
    return {
      message: error.message,
      type: error.type,
      code: error.code,
      param: error.param,
      ...(error.retryAfter === undefined ? {} : { retry_after: error.retryAfter }),
      status: error.status,
      request_id: error.requestId,
      hint: hintOf(error) ?? null,
    }
  }
  const type =
    error instanceof ConnectionError
      ? 'connection_error'
      : error instanceof UsageError || error instanceof InputError
        ? 'usage_error'
        : 'unexpected_error'
  return {
    message: messageOf(error),
    type,
    code: error instanceof ConnectionError ? error.code : null,
    param: null,
    hint: hintOf(error) ?? null,
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
