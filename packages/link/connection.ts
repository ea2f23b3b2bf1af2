// One connection to the router, from dialling to its end. It never comes back: the link opens
// another.

import { features, routerFeatures } from '@xerotier/protocol/features.ts'
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { type RouterFrame, routerFrameSchema } from '@xerotier/protocol/frames/router-frame.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Manifest } from '@xerotier/protocol/manifest.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type Envelope, envelopeSchema, ourVersions } from '@xerotier/protocol/wire.ts'
import { disagreementOf, speaks } from '@xerotier/protocol/wire-versions.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { needsIPv6 } from '@xerotier/runtime/tcp-address.ts'
import { Dealer } from 'zeromq'
import type { Credentials } from './credentials/credentials.ts'
import type { Way } from './credentials/way.ts'
import type { Outbox } from './outbox.ts'
import { createSender } from './sender.ts'

export type Welcome = Extract<RouterFrame, { t: 'welcome' }>
type Refusal = Extract<RouterFrame, { t: 'session_refused' }>
type Challenge = Extract<RouterFrame, { t: 'challenge' }>

export interface ConnectionEnd {
  /**
   * lost: dial again. not_admitted: the gatekeeper does not know our key. refused: the router will
   * not have us as we are. revoked: only a new enrollment helps.
   */
  kind: 'lost' | 'not_admitted' | 'refused' | 'revoked'
  reason: string
  /** The router said when to dial again. */
  retryAfterMs?: number | undefined
  /** Nobody answered there with the router's key. */
  unreached?: boolean
}

/** Who dials, and what it says of itself. */
export interface Dialling {
  clock: Clock
  log: Log
  credentials: Credentials
  outbox: Outbox
  maxConcurrentExecutions: number
  leaseRenewalIntervalMs: number
  hostname: string
  version: string
  /** What it knows of `features.ts`. */
  features: readonly string[]
  /** The manifest as it is now. */
  manifest(): Manifest
}

export interface ConnectionOptions extends Dialling {
  way: Way
  inFlight(): InFlight[]
  draining(): boolean
  unfit(): string | undefined
  onHandshake(): void
  onOnline(welcome: Welcome): void
  /** How far this host's clock is ahead of the router's. */
  onClock(offsetMs: number): void
  /** The frames of one message, in order. */
  onFrame(frames: RouterFrame[]): void
  onEnd(end: ConnectionEnd): void
}

export interface Connection {
  /**
   * Before the welcome this drops the frame: whatever must not be lost is kept by the link and sent
   * at the welcome.
   */
  send(frame: AgentFrame): void
  /** Renews the lease now, with the manifest as it is. */
  renew(): void
  /** Another is about to take its place: whatever ends it from now on is no fault. */
  giveWay(): void
  /** Ends it without a word. */
  abandon(): void
  close(reason: string): Promise<void>
}

/** How long dialling, the handshake and the welcome may take together, ms. */
const openingMs = 10_000
/** Renewals that may pass before an unacknowledged result is sent again. */
const resendAfterRenewals = 3

export function openConnection(options: ConnectionOptions): Connection {
  const { clock, log, credentials, way } = options
  const socket = dealerOf(way)
  const sender = createSender(
    socket,
    way.signing,
    (error) => end({ kind: 'lost', reason: `cannot send: ${messageOf(error)}` }),
    {
      dropped: (frame, error) => log.critical({ error, frame: frame.t }, 'a frame cannot be written and is not sent'),
      sent: log.traces
        ? (frames, number) => log.trace({ number, frames: frames.map(nameOf) }, 'the agent says')
        : undefined,
    },
  )
  let welcome: Welcome | undefined
  let received = 0
  let leaseUntil = 0
  /** As the router got it last in this session. */
  let said: Manifest | undefined
  let over = false
  let reached = false
  let givesWay = false
  let renewal: Timer | undefined
  let renewals = 0
  const opening = clock.after(openingMs, () => end({ kind: 'lost', reason: `no welcome within ${openingMs} ms` }))

  function end(why: ConnectionEnd): void {
    if (over) return
    over = true
    stop()
    options.onEnd({ ...why, unreached: !reached })
  }

  function stop(): void {
    opening.cancel()
    renewal?.cancel()
    socket.close()
  }

  function onMessage(parts: Buffer[]): void {
    const envelope = envelopeSchema.safeParse(unpack(parts))
    if (!envelope.success) return log.warning({}, 'a message from the router could not be read')
    const { v, s, n, f } = envelope.data
    const frames = framesOf(f, log)
    if (log.traces) log.trace({ number: n, frames: frames.map(nameOf) }, 'the router says')
    if (welcome === undefined || s === '') {
      for (const [index, frame] of frames.entries()) {
        greet(frame, envelope.data)
        // What follows the welcome in its own message belongs to the session already.
        if (welcome !== undefined && frame === welcome && index + 1 < frames.length) deliver(frames.slice(index + 1))
        if (welcome !== undefined || over) return
      }
      return
    }
    if (s !== welcome.session || v !== sender.version || n <= received)
      return log.warning({ version: v }, 'a message of another session was dropped')
    received = n
    deliver(frames)
  }

  function deliver(frames: RouterFrame[]): void {
    for (const frame of frames) {
      if (frame.t === 'lease' && frame.lease_epoch === welcome?.lease_epoch)
        leaseUntil = clock.monotonic() + frame.lease_ttl_ms
      if (frame.t === 'lease') tellClock(frame)
      if (frame.t === 'lease' && frame.manifest_wanted) renew({ whole: true })
      if (frame.t === 'reenroll') return end({ kind: 'revoked', reason: frame.reason })
      if (frame.t === 'session_refused') return refused(frame)
    }
    options.onFrame(frames)
  }

  function greet(frame: RouterFrame, { v, s: session, n }: Pick<Envelope, 'v' | 's' | 'n'>): void {
    log.debug({ frame: frame.t, version: v }, 'the router greets')
    switch (frame.t) {
      case 'challenge':
        if (!speaks(ourVersions, v)) return refused(unsupported(v))
        // From here on, and signed with the proof.
        sender.version = v
        options.onHandshake()
        said = options.manifest()
        return sender.send(proofOf(options, frame, said))
      case 'welcome':
        if (frame.session !== session || v !== sender.version) return
        opening.cancel()
        welcome = frame
        received = n
        sender.session = frame.session
        leaseUntil = clock.monotonic() + frame.lease_ttl_ms
        scheduleRenewal()
        tellClock(frame)
        return options.onOnline(frame)
      case 'session_refused':
        return refused(frame)
      case 'reenroll':
        return end({ kind: 'revoked', reason: frame.reason })
      default:
        return log.warning({ frame: frame.t }, 'the router sent a frame before its welcome')
    }
  }

  function tellClock({ clock_offset_ms }: { clock_offset_ms?: number | undefined }): void {
    if (clock_offset_ms !== undefined) options.onClock(clock_offset_ms)
  }

  function refused(frame: Refusal): void {
    const again = frame.code === 'session_unknown' || frame.code === 'handshake_expired'
    const ours = frame.code === 'version_unsupported' ? { agent_speaks: ourVersions } : {}
    if (!again && !givesWay)
      log.error({ code: frame.code, reason: frame.message, ...ours }, 'the router refused the session')
    end({
      kind: again ? 'lost' : 'refused',
      reason: `${frame.code}: ${frame.message}`,
      retryAfterMs: frame.retry_after_ms,
    })
  }

  function scheduleRenewal(): void {
    renewal = clock.after(options.leaseRenewalIntervalMs, () => {
      if (clock.monotonic() > leaseUntil)
        return end({ kind: 'lost', reason: 'the router stopped answering and the lease is over' })
      renew()
      // A router that could not store a result says nothing: it gets it again.
      if (++renewals % resendAfterRenewals === 0) for (const result of options.outbox.pending()) sender.send(result)
      scheduleRenewal()
    })
  }

  function renew({ whole = false } = {}): void {
    if (welcome === undefined || over) return
    const manifest = options.manifest()
    // Hundreds of tools, again and again, would be most of what an idle agent costs its router.
    const isKnown = manifest === said && welcome.features?.includes(routerFeatures.short_renewals) === true
    said = manifest
    sender.send({
      t: 'lease_renewal',
      lease_epoch: welcome.lease_epoch,
      manifest_hash: manifest.manifest_hash,
      manifest_version: manifest.manifest_version,
      ...(isKnown && !whole ? {} : { manifest }),
      in_flight: options.inFlight(),
      draining: options.draining(),
      unfit: options.unfit()?.slice(0, 200),
      at: clock.now(),
    })
  }

  async function watch(): Promise<void> {
    for await (const event of socket.events) {
      if (over) return
      log.debug({ event: event.type }, 'the socket says')
      if (event.type === 'handshake') {
        reached = true
        sender.send({ t: 'hello', agent_id: credentials.enrollment.agent_id, versions: ourVersions })
      } else if (event.type === 'disconnect') end({ kind: 'lost', reason: 'disconnected' })
      else if (event.type === 'handshake:error:auth')
        end({ kind: 'not_admitted', reason: 'the router does not admit the CURVE key of this agent' })
      else if (event.type === 'handshake:error:protocol')
        end({ kind: 'lost', reason: 'the CURVE handshake failed: is the key of the router right?' })
    }
  }

  async function read(): Promise<void> {
    for await (const parts of socket) if (!over) onMessage(parts)
  }

  async function dial(): Promise<void> {
    const { address } = way.router
    socket.ipv6 = await needsIPv6(address)
    if (!over) socket.connect(address)
  }

  watch().catch((error) => end({ kind: 'lost', reason: messageOf(error) }))
  read().catch((error) => end({ kind: 'lost', reason: messageOf(error) }))
  dial().catch((error) => end({ kind: 'lost', reason: messageOf(error) }))

  return {
    send(frame) {
      if (welcome !== undefined && !over) sender.send(frame)
    },
    renew: () => renew(),
    giveWay() {
      givesWay = true
    },
    abandon() {
      if (over) return
      over = true
      stop()
    },
    async close(reason) {
      if (over) return
      if (welcome !== undefined) sender.send({ t: 'goodbye', reason })
      await sender.flushed()
      over = true
      stop()
    },
  }
}

/** Those of a message that can be read: one that cannot is no reason to lose the others. */
function framesOf(raws: unknown[], log: Log): RouterFrame[] {
  return raws.flatMap((raw) => {
    const frame = routerFrameSchema.safeParse(raw)
    if (!frame.success)
      log.warning({ frame: String(memberOf(raw, 't')).slice(0, 32) }, 'a frame from the router could not be read')
    return frame.success ? [frame.data] : []
  })
}

function dealerOf({ curve, router }: Way): Dealer {
  return new Dealer({
    linger: 500,
    // Nothing is queued for a connection that is not there: a frame of an ended session is worth
    // nothing.
    immediate: true,
    curveServerKey: router.curve_public_key,
    curvePublicKey: curve.publicKey,
    curveSecretKey: curve.secretKey,
    // What waits here has lost its turn: the less, the sooner leaves what is small and urgent.
    sendHighWaterMark: 16,
    maxMessageSize: limits.messageBytes,
    handshakeInterval: limits.handshakeMs,
    heartbeatInterval: 5_000,
    heartbeatTimeout: 15_000,
    // The router drops a connection that is silent for so long.
    heartbeatTimeToLive: 15_000,
    reconnectInterval: 250,
    reconnectMaxInterval: 2_000,
  })
}

/** Who this agent is, bound to the connection by the challenge, and what it has. */
function proofOf(options: ConnectionOptions, { nonce, routing_id }: Challenge, manifest: Manifest): AgentFrame {
  const { clock, credentials, way, outbox } = options
  return {
    t: 'proof',
    agent_id: credentials.enrollment.agent_id,
    nonce,
    routing_id,
    curve_public_key: way.curve.publicKey,
    journal_id: outbox.journalId,
    manifest,
    in_flight: options.inFlight(),
    max_concurrent_executions: options.maxConcurrentExecutions,
    lease_renewal_interval_ms: options.leaseRenewalIntervalMs,
    hostname: options.hostname,
    version: options.version,
    at: clock.now(),
    features: [...options.features, features.rotation, features.signing_rotation],
  }
}

/** What a router that keeps to the protocol would have said itself. */
function unsupported(version: number): Refusal {
  const message = disagreementOf({ oldest: version, newest: version }, ourVersions)
  return { t: 'session_refused', code: 'version_unsupported', message }
}

/** A frame in the log: its type, and the call that it is about. */
function nameOf(frame: AgentFrame | RouterFrame): string {
  return 'execution_id' in frame ? `${frame.t} ${frame.execution_id}/${frame.attempt}` : frame.t
}

function unpack(parts: Buffer[]): unknown {
  try {
    const [whole] = parts
    return parts.length === 1 && whole !== undefined ? unpackMessage(whole) : undefined
  } catch {
    return undefined
  }
}
