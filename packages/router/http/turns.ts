// Requests take turns. A connection has one of them in hand, and the next one begins when that is
// answered; an address begins no more than a few between two turns of the event loop, and reads no
// more than a few large bodies at once. So whoever asks most waits longest, and everybody else is
// heard in between. The event loop accepts one connection each time round (libuv 1.50 and later),
// so an address whose connections stand before those of others has little in hand until all are in,
// and what it begins meanwhile, TLS handshakes too, takes a fourth of the time.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Peer, Peers } from './peers.ts'

interface Asked {
  request: IncomingMessage
  response: ServerResponse
  line: Line
}

/** The requests of one connection. */
interface Line {
  socket: Socket
  share: Share
  busy: boolean
  waiting: Asked[]
}

/** What one address has of the turns. */
interface Share {
  peer: Peer
  /** Since the last turn. */
  begun: number
  /** Begun, and not yet answered. */
  inHand: number
  /** For so many turns more it counts as one that connects. */
  connecting: number
  /** Turns in a row at which it began nothing for that. */
  heldBack: number
  /** While it connects, nothing more begins before this time. */
  restsUntil: number
  /** Ms that it took in this turn. */
  took: number
  /** Requests whose bodies are there. */
  ready: (() => void)[]
  /** What may begin at the next one. */
  due: Asked[]
  /** Connections whose TLS handshake may. */
  unsecured: Socket[]
  /** How many are behind others on their connections. */
  waiting: number
  /** Large bodies that are being read, and requests whose bodies wait for that on their sockets. */
  reading: Set<IncomingMessage>
  unread: Asked[]
}

export interface Turns {
  /** The body of this request was read. */
  bodyRead(request: IncomingMessage): void
  /** Goes on with a request whose body is there, when its address has time. Not once it is gone. */
  goOn(request: IncomingMessage, work: () => void): void
}

/** Times as long as a round of the loop took in which an address that connects began something. */
const restAfterWork = 3

/** Comes between the server and whoever listens to its requests and its connections now. */
export function takeTurns(server: Server, peers: Peers, clock: Pick<Clock, 'monotonic'>): Turns {
  const secure = takeOverHandshakes(server)
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  const lines = new WeakMap<Socket, Line>()
  const shares = new WeakMap<Peer, Share>()
  const active = new Set<Share>()
  let turnComes = false
  let turnAt = 0

  const begin = (asked: Asked) => {
    const { request, response, line } = asked
    const { share } = line
    // Nobody hears the answer.
    if (line.socket.destroyed) return void readNext(share)
    if (isLarge(request)) {
      if (share.reading.size >= share.peer.most(limits.largeBodiesPerAddress)) return void share.unread.push(asked)
      share.reading.add(request)
    }
    share.begun += 1
    share.inHand += 1
    response.once('close', () => {
      share.inHand -= 1
      bodyRead(request, share)
      answered(line)
    })
    for (const handler of handlers) handler.call(server, request, response)
  }
  const answered = (line: Line) => {
    line.busy = false
    const next = line.waiting.shift()
    if (next === undefined) return
    line.busy = true
    line.share.waiting -= 1
    line.share.due.push(next)
    awaitTurn(line.share)
    if (line.waiting.length === 0) line.socket.resume()
  }
  const bodyRead = (request: IncomingMessage, share: Share) => {
    if (share.reading.delete(request)) readNext(share)
  }
  const readNext = (share: Share) => {
    const next = share.unread.shift()
    if (next === undefined) return
    share.due.push(next)
    awaitTurn(share)
  }
  const awaitTurn = (share: Share) => {
    active.add(share)
    if (turnComes) return
    turnComes = true
    turnAt = clock.monotonic()
    setImmediate(takeTurn)
  }
  const takeTurn = () => {
    const shares = [...active]
    active.clear()
    turnComes = false
    const now = clock.monotonic()
    const took = now - turnAt
    turnAt = now
    for (const share of shares) {
      if (share.begun > 0 && share.connecting > 0) share.restsUntil = now + took * restAfterWork
      share.begun = 0
      share.took = 0
      share.connecting = Math.max(0, share.connecting - 1)
      inTime(share, share.ready, Number.POSITIVE_INFINITY, (work) => work())
      inTime(share, share.unsecured, maySecure(share), (socket) => beginHandshake(share, socket))
      const begun = inTime(share, share.due, mayBegin(share), begin)
      share.heldBack = begun === 0 && share.due.length > 0 ? share.heldBack + 1 : 0
      const waits = share.ready.length + share.due.length + share.unsecured.length
      if (share.begun > 0 || share.took > 0 || waits > 0) awaitTurn(share)
    }
  }
  /** Begins what is due, as many as may and as long as an address has. @returns how many */
  const inTime = <T>(share: Share, due: T[], most: number, beginOne: (one: T) => void): number => {
    let begun = 0
    while (begun < most && hasTime(share)) {
      const [next] = due.splice(0, 1)
      if (next === undefined) break
      begun += 1
      timed(share, () => beginOne(next))
    }
    return begun
  }
  const hasTime = (share: Share) => share.took < share.peer.most(limits.addressMsPerTurn)
  const timed = (share: Share, work: () => void) => {
    const from = clock.monotonic()
    work()
    share.took += clock.monotonic() - from
  }
  // Who connects all the time is not held back for ever: no address has more connections at once.
  const mayBegin = (share: Share): number => {
    const left = share.peer.most(limits.requestsPerTurn) - share.begun
    if (share.connecting === 0 || share.heldBack >= limits.httpConnectionsPerAddress) return left
    if (turnAt < share.restsUntil) return 0
    return Math.max(0, Math.min(left, share.peer.most(limits.requestsInHandWhileConnecting) - share.inHand))
  }

  const maySecure = (share: Share): number => {
    const left = share.peer.most(limits.requestsPerTurn) - share.begun
    if (share.connecting === 0 || share.peer.speaksForMany) return left
    return turnAt < share.restsUntil || share.begun > 0 ? 0 : 1
  }
  const beginHandshake = (share: Share, socket: Socket) => {
    if (socket.destroyed) return
    share.begun += 1
    secure?.(socket)
  }

  const shareOf = (peer: Peer): Share => {
    const known = shares.get(peer)
    if (known !== undefined) return known
    const share: Share = {
      peer,
      begun: 0,
      inHand: 0,
      connecting: 0,
      heldBack: 0,
      restsUntil: 0,
      took: 0,
      ready: [],
      due: [],
      unsecured: [],
      waiting: 0,
      reading: new Set(),
      unread: [],
    }
    shares.set(peer, share)
    return share
  }
  const lineOf = (socket: Socket): Line | undefined => {
    const known = lines.get(socket)
    if (known !== undefined) return known
    const peer = peers.of(socket)
    if (peer === undefined) return undefined
    const line: Line = { socket, share: shareOf(peer), busy: false, waiting: [] }
    lines.set(socket, line)
    // Whoever reads a body, or sees an answer leave, lets the connection go on: not before its
    // turn.
    socket.on('resume', () => {
      if (line.waiting.length > 0) socket.pause()
    })
    socket.once('close', () => {
      line.share.waiting -= line.waiting.length
      line.waiting = []
    })
    return line
  }

  server.on('connection', (socket: Socket) => {
    const peer = peers.of(socket)
    if (peer === undefined || socket.destroyed) return
    const share = shareOf(peer)
    // The turn that ends this round, and the one after the next: a socket may be read before others
    // are accepted in it.
    share.connecting = 3
    if (secure === undefined) return
    awaitTurn(share)
    if (maySecure(share) > 0 && share.unsecured.length === 0) timed(share, () => beginHandshake(share, socket))
    else share.unsecured.push(socket)
  })
  server.on('request', (request, response) => {
    const { socket } = request
    const line = socket.destroyed ? undefined : lineOf(socket)
    // All of a read is parsed, whatever becomes of its connection meanwhile.
    if (line === undefined) return
    const { share } = line
    const asked = { request, response, line }
    if (!line.busy) {
      line.busy = true
      awaitTurn(share)
      if (mayBegin(share) > 0 && share.due.length === 0 && hasTime(share)) timed(share, () => begin(asked))
      else share.due.push(asked)
      return
    }
    line.waiting.push(asked)
    share.waiting += 1
    if (line.waiting.length === 1) socket.pause()
    const over = share.waiting > share.peer.most(limits.pipelinedRequestsPerAddress)
    if (over || line.waiting.length > limits.pipelinedRequests) peers.cut(share.peer, socket, 'pipelining')
  })

  return {
    bodyRead(request) {
      const line = lines.get(request.socket)
      if (line !== undefined) bodyRead(request, line.share)
    },
    goOn({ socket }, work) {
      const share = lines.get(socket)?.share
      if (share === undefined) return work()
      const whole = () => {
        if (!socket.destroyed) work()
      }
      awaitTurn(share)
      if (share.ready.length === 0 && hasTime(share)) timed(share, whole)
      else share.ready.push(whole)
    },
  }
}

/** What begins the TLS handshake on a connection; undefined without TLS. */
function takeOverHandshakes(server: Server): ((socket: Socket) => void) | undefined {
  if (!(server instanceof TlsServer)) return undefined
  // Who counts the connections was put before it.
  const own = server.listeners('connection').at(-1)
  if (own === undefined) throw new Error('a TLS server does not listen to its connections')
  server.removeListener('connection', own as () => void)
  return (socket) => void own.call(server, socket)
}

/** Nobody knows how long a body without a length is. */
function isLarge({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > limits.pacedBodyBytes
}
