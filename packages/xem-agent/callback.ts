// The way back to the router for tools that need it, with the operator's own token.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Callback } from './tool.ts'

export interface CallbackOptions {
  routerUrl: string
  /** Undefined: there is no callback. */
  token: string | undefined
  /** `proj_…`, or the `ws_…` of one of its workspaces. */
  project: string
  allowInsecure: boolean
}

/** Not fetch: it cannot be told, for one request, to accept a certificate that does not verify. */
export function createCallback(options: CallbackOptions): Callback | undefined {
  const { token } = options
  if (token === undefined) return undefined
  return {
    async get(path, signal) {
      const url = new URL(`${options.routerUrl}/${options.project}/${path}`)
      const answer = await getText(url, token, options.allowInsecure, signal).catch((error: Error) => {
        throw new Fault('execution_failed', {
          message: 'The router could not be reached for the callback.',
          cause: error,
        })
      })
      if (answer.status === 200) return JSON.parse(answer.text) as unknown
      throw new Fault('execution_failed', { message: `The router answered the callback with ${answer.status}.` })
    },
  }
}

function getText(
  url: URL,
  token: string,
  allowInsecure: boolean,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${token}`, accept: 'application/json' }, signal }
    const insecure = { ...options, rejectUnauthorized: !allowInsecure }
    const request = url.protocol === 'https:' ? requestHttps(url, insecure) : requestHttp(url, options)
    request.once('error', reject)
    request.once('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > limits.httpBodyBytes) request.destroy(new Error('the answer is too large'))
        else chunks.push(chunk)
      })
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.end()
  })
}
