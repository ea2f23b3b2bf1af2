import type { IncomingMessage } from 'node:http'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { newUuid } from '../domain/ids.ts'

const sane = /^[A-Za-z0-9._:-]{8,128}$/

/** The caller's own X-Request-ID when it is fit for a log line and a header, else a new one. */
export function requestIdFrom(clock: Clock): (request: Pick<IncomingMessage, 'headers'>) => string {
  return ({ headers }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && sane.test(given) ? given : newUuid(clock.now())
  }
}
