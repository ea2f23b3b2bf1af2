import type { IncomingMessage } from 'node:http'
import { requestHeaders } from '@xerotier/protocol/request-headers.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { newUuid } from '../domain/ids.ts'

const { pattern } = requestHeaders['X-Request-ID']

/** The caller's own X-Request-ID when it is fit for a log line and a header, else a new one. */
export function requestIdFrom(clock: Clock): (request: Pick<IncomingMessage, 'headers'>) => string {
  return ({ headers }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && pattern.test(given) ? given : newUuid(clock.now())
  }
}
