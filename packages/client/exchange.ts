// One attempt: send, wait for the head of the answer, turn what went wrong into the two errors.
import { codeOf, messageOf } from '@xerotier/protocol/thrown.ts'
import { ApiError, ConnectionError, isCut } from './api-error.ts'
import { errorFromAnswer } from './error-answer.ts'
import type { PlannedRequest } from './request.ts'
import type { Surroundings } from './surroundings.ts'

export interface ExchangeOptions {
  signal?: AbortSignal | undefined
  /** Until `read` is done. Milliseconds. */
  timeoutMs: number
}

/**
 * Sends a request and reads the answer with `read`, both within the timeout.
 * @throws ApiError for an answer that is no success; ConnectionError
 * when there is none; the signal's reason when aborted.
 */
export async function exchange<T>(
  surroundings: Surroundings,
  request: PlannedRequest,
  options: ExchangeOptions,
  read: (response: Response) => Promise<T> | T,
): Promise<T> {
  const late = new AbortController()
  // `any` goes on listening after this returns: the
  // body of a stream is cut by the caller's signal too.
  const signal = options.signal === undefined ? late.signal : AbortSignal.any([options.signal, late.signal])
  const timer = surroundings.after(options.timeoutMs, () => {
    late.abort(
      new ConnectionError(`no answer from ${hostOf(request.url)} within ${options.timeoutMs / 1000} s`, 'timeout'),
    )
  })
  try {
    const response = await surroundings.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal,
      // A redirect would carry the request, and perhaps its key, to where nobody meant it to go.
      redirect: 'manual',
    })
    if (!response.ok && !request.success.includes(response.status)) throw await errorFromAnswer(response)
    return await read(response)
  } catch (error) {
    throw explain(error, request.url, signal)
  } finally {
    timer.cancel()
  }
}

/** What a caller reads of a failure of fetch, whose own message is 'fetch failed'. */
export function explain(error: unknown, url: string, signal?: AbortSignal): unknown {
  if (error instanceof ApiError || error instanceof ConnectionError) return error
  if (signal?.aborted) return signal.reason
  const cause = error instanceof Error ? error.cause : undefined
  const code = codeOf(cause) ?? null
  if (isCut(code)) return new ConnectionError(`the connection to ${hostOf(url)} was cut`, code, error)
  const detail = (code !== null && sentences[code]) || (cause instanceof Error && cause.message) || messageOf(error)
  return new ConnectionError(`cannot reach ${hostOf(url)}: ${detail}`, code, error)
}

const sentences: Record<string, string> = {
  ECONNREFUSED: 'connection refused; is the router running?',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be resolved just now',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name your authority in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed; name your authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate does not verify; name your authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate does not verify; name your authority in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

function hostOf(url: string): string {
  return new URL(url).origin
}
