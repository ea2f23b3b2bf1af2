// The few HTTP requests an agent makes. node:https rather than fetch: it can be told to accept a
// self-signed certificate.

import { request as httpRequest } from 'node:http'
import { request as httpsRequestOf } from 'node:https'
import { isTooDeep } from '@xerotier/protocol/depth.ts'

export interface HttpRequest {
  method: 'GET' | 'POST'
  url: URL
  /** Accept http, and certificates that do not verify. */
  allowInsecure: boolean
  body?: unknown
  token?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface HttpAnswer {
  status: number
  /** Parsed JSON, or undefined when it was none. */
  body: unknown
  /** How long the router asks to be left alone (`Retry-After`), ms. */
  retryAfterMs: number
}

const timeoutMs = 15_000
const answerBytes = 256 * 1024

/**
 * @throws when the URL is not https without leave, when the certificate does not verify, or when
 * nothing answers
 */
export function httpsRequest({
  method,
  url,
  allowInsecure,
  body,
  token,
  headers: more,
  signal,
}: HttpRequest): Promise<HttpAnswer> {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowInsecure)) {
    return Promise.reject(
      new Error(`${url.origin} is not https; set XEROTIER_AGENT_ALLOW_INSECURE=true to allow it in development`),
    )
  }
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(payload.length) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...more,
  }
  return new Promise((resolve, reject) => {
    const options = { method, headers, timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) }
    const sent =
      url.protocol === 'https:'
        ? httpsRequestOf(url, { ...options, rejectUnauthorized: !allowInsecure })
        : httpRequest(url, options)
    sent.on('timeout', () => sent.destroy(new Error(`${url.origin} did not answer within ${timeoutMs} ms`)))
    sent.on('error', (error: NodeJS.ErrnoException) =>
      reject(certificateErrors.test(error.code ?? '') ? unverifiable(url, error) : error),
    )
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > answerBytes) sent.destroy(new Error(`${url.origin} answered more than ${answerBytes} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: parse(Buffer.concat(chunks).toString('utf8')),
          retryAfterMs: 1000 * (Number(response.headers['retry-after']) || 0),
        }),
      )
    })
    sent.end(payload)
  })
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isTooDeep(value) ? undefined : value
  } catch {
    return undefined
  }
}

const certificateErrors = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/

function unverifiable(url: URL, error: Error): Error {
  return new Error(
    `the certificate of ${url.origin} does not verify (${error.message}); in development XEROTIER_AGENT_ALLOW_INSECURE=true accepts it`,
  )
}
