import type { ErrorEnvelope } from '@xerotier/protocol/errors.ts'
import { ApiError } from './api-error.ts'

/** An envelope is small; what is larger is something else. */
const envelopeCharacters = 64 * 1024

/** Turns a failed answer into an ApiError, whatever its body is. */
export async function errorFromAnswer(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  const error = envelopeOf(text)
  const header = response.headers.get('retry-after')
  const seconds = header !== null && /^\d+$/.test(header) ? Number(header) : undefined
  return new ApiError({
    status: response.status,
    code: error?.code ?? null,
    type: error?.type ?? 'unknown_error',
    message:
      error?.message ?? `HTTP ${response.status} without an error envelope: this does not look like a Xerotier router`,
    param: error?.param ?? null,
    retryAfter: error?.retry_after ?? seconds,
    retryStrategy: error?.retry_strategy,
    requestId: response.headers.get('x-request-id'),
  })
}

function envelopeOf(text: string): ErrorEnvelope['error'] | undefined {
  if (text.length > envelopeCharacters) return undefined
  try {
    const body = JSON.parse(text) as Partial<ErrorEnvelope> | null
    const error = body?.error
    return typeof error?.message === 'string' ? error : undefined
  } catch {
    return undefined
  }
}
