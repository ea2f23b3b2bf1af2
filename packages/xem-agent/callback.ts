// The way back to the router for tools that need it, with the operator's own token.
import { httpsRequest } from '@xerotier/link/http.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Callback } from './tool.ts'

export interface CallbackOptions {
  routerUrl: string
  /** Undefined: there is no callback. */
  token: string | undefined
  /** `proj_…`, or the `ws_…` of one of its workspaces. */
  project: string
  allowInsecure: boolean
}

export function createCallback(options: CallbackOptions): Callback | undefined {
  const { routerUrl, token, project, allowInsecure } = options
  if (token === undefined) return undefined
  return {
    async get(path, signal) {
      const url = new URL(`${routerUrl}/${project}/${path}`)
      const answer = await httpsRequest({ method: 'GET', url, allowInsecure, token, signal }).catch(
        (cause: unknown) => {
          throw new Fault('execution_failed', { message: 'The router could not be reached for the callback.', cause })
        },
      )
      if (answer.status === 200) return answer.body
      throw new Fault('execution_failed', { message: `The router answered the callback with ${answer.status}.` })
    },
  }
}
