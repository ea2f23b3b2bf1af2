// Requests that Node itself cannot read, or would answer with a bare status, reach no route: they
// are answered here, like everything else (law L7).
import { type IncomingMessage, maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Fault } from '@xerotier/protocol/errors.ts'
import { commonHeaders } from './common-headers.ts'

const faults: Record<string, () => Fault> = {
  HPE_HEADER_OVERFLOW: () =>
    new Fault('payload_too_large', { message: `The headers are larger than ${maxHeaderSize} bytes.` }),
  ERR_HTTP_REQUEST_TIMEOUT: () => new Fault('invalid_request', { message: 'The request took too long to arrive.' }),
}

/** Answers on the bare socket and closes it: where the next request would begin, nobody knows. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const fault =
    faults[error.code ?? '']?.() ?? new Fault('invalid_request', { message: 'The request is not HTTP/1.1.' })
  const body = JSON.stringify(fault.toEnvelope())
  const head = [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}`,
    `x-request-id: ${requestId}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(commonHeaders).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroy(error)
}

/** For Node's `checkExpectation`: the body is not read. */
export function answerExpectation(response: ServerResponse, requestId: string): void {
  const fault = new Fault('invalid_request', { status: 417, message: 'Of expectations, only 100-continue is met.' })
  const body = JSON.stringify(fault.toEnvelope())
  const headers = {
    ...commonHeaders,
    'x-request-id': requestId,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  }
  response.writeHead(fault.status, headers).end(body)
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
export function faultOfHost({ headers, httpVersion }: IncomingMessage): Fault | undefined {
  if (headers.host !== undefined || httpVersion !== '1.1') return undefined
  return new Fault('invalid_request', { message: 'The request has no Host header.' })
}
