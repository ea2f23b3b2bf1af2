// HTTP to whoever an operator or a project names: a collector, a webhook. Both the other side and
// who names it may be hostile: nothing takes longer, is larger or reaches further than allowed.
//
// A connection goes to the very address that was checked. Each request has its own connection, so
// that its name is looked up and checked each time. Redirects are answers like others.
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Clock } from './clock.ts'
import { isPublicAddress } from './public-address.ts'

export interface OutboundOptions {
  clock: Clock
  /** Whether it may reach this host and private networks: for targets that operators name. */
  privateTargets: boolean
  /** PEM certificates to trust instead of the system's. */
  ca?: string
  limits?: Partial<OutboundLimits>
  /** All addresses of a name; default: the system's. */
  lookup?: (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void
}

export interface OutboundLimits {
  /** To look a name up, connect, and agree on TLS; also to wait for a connection that is free. */
  connectMs: number
  /** From then to the head of the answer. */
  firstByteMs: number
  totalMs: number
  requestBytes: number
  answerBytes: number
  headerBytes: number
  connections: number
}

const defaults: OutboundLimits = {
  connectMs: 5_000,
  firstByteMs: 10_000,
  totalMs: 30_000,
  requestBytes: 8 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  connections: 32,
}

export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
}

export interface OutboundAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

type Reason = 'invalid_request' | 'refused_target' | 'unreachable' | 'timeout' | 'too_large'

/** Names the target by its origin alone: paths, queries and headers hold secrets. */
class OutboundError extends Error {
  readonly reason: Reason
  constructor(reason: Reason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}

/** @throws OutboundError when there is no whole answer */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>

export function createOutbound(options: OutboundOptions): Outbound {
  const limits = { ...defaults, ...options.limits }
  const agentOptions = { keepAlive: false, maxTotalSockets: limits.connections, ca: options.ca }
  const secure = new https.Agent(agentOptions)
  const plain = new http.Agent(agentOptions)
  const allowed = (address: string) => options.privateTargets || isPublicAddress(address)
  const lookup = lookupAllowed(options.lookup ?? systemAddresses, allowed)

  return async (request) => {
    const url = URL.parse(request.url)
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      throw new OutboundError('invalid_request', 'the URL must be http or https, without a user')
    }
    const { origin } = url
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
    if (body !== undefined && body.length > limits.requestBytes) {
      throw new OutboundError('too_large', `${origin}: the request has more than ${limits.requestBytes} bytes`)
    }
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    // One that is an address itself is never looked up.
    if (isIP(literal) !== 0 && !allowed(literal)) throw refused(literal)
    const isSecure = url.protocol === 'https:'
    const sent = (isSecure ? https : http).request(url, {
      method: request.method,
      headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
      agent: isSecure ? secure : plain,
      lookup,
      maxHeaderSize: limits.headerBytes,
    })
    return exchange(sent, body, { clock: options.clock, limits, origin, isSecure })
  }
}

interface Bounds {
  clock: Clock
  limits: OutboundLimits
  origin: string
  isSecure: boolean
}

function exchange(
  sent: http.ClientRequest,
  body: Uint8Array | undefined,
  { clock, limits, origin, isSecure }: Bounds,
): Promise<OutboundAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OutboundAnswer>()
  const late = (ms: number, what: string) =>
    clock.after(ms, () => fail('timeout', `${origin}: no ${what} within ${ms} ms`))
  const total = late(limits.totalMs, 'whole answer')
  let step = late(limits.connectMs, 'connection')
  const stopTimers = () => {
    total.cancel()
    step.cancel()
  }
  /** Without effect once there is an answer. */
  const fail = (reason: Reason, message: string, cause?: unknown) => {
    stopTimers()
    reject(new OutboundError(reason, message, cause))
    sent.destroy()
  }
  const broken = (error: Error & { code?: string }) => {
    if (error instanceof OutboundError) return fail(error.reason, error.message)
    if (error.code === 'HPE_HEADER_OVERFLOW') return fail('too_large', `${origin}: the head of the answer is too large`)
    fail('unreachable', `${origin}: ${error.code ?? error.message}`, error)
  }

  sent.on('socket', (socket) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      step.cancel()
      step = late(limits.firstByteMs, 'answer')
    })
  })
  sent.on('error', broken)
  sent.on('close', () => fail('unreachable', `${origin}: hung up before the answer`))
  sent.on('response', (answer) => {
    step.cancel()
    const chunks: Buffer[] = []
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limits.answerBytes) {
        fail('too_large', `${origin}: the answer has more than ${limits.answerBytes} bytes`)
      } else chunks.push(chunk)
    })
    answer.on('error', broken)
    answer.on('end', () => {
      stopTimers()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) })
    })
  })
  sent.end(body)
  return promise
}

function refused(host: string): OutboundError {
  return new OutboundError('refused_target', `${host} is at no public address`)
}

type Addresses = NonNullable<OutboundOptions['lookup']>

const systemAddresses: Addresses = (hostname, done) => systemLookup(hostname, { all: true }, done)

/** What a socket asks before it connects: it goes to one of these addresses and to no other. */
function lookupAllowed(addressesOf: Addresses, allowed: (address: string) => boolean): LookupFunction {
  return (hostname, { all }, done) => {
    addressesOf(hostname, (error, found) => {
      if (error !== null) return done(error, '')
      const reachable = found.filter(({ address }) => allowed(address))
      const [first] = reachable
      if (first === undefined) return done(refused(hostname), '')
      if (all === true) done(null, reachable)
      else done(null, first.address, first.family)
    })
  }
}
