// The wire by hand, for tests that say what no agent of ours would: a key pair, a socket, and
// whatever bytes the test wants.

import { randomBytes } from 'node:crypto'
import type { Client } from '@xerotier/client/client.ts'
import type { AgentKeys } from '@xerotier/link/keys.ts'
import { type Enrollment, enrollText } from '@xerotier/protocol/api/enroll.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { type Manifest, manifestContent, type ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { messageSignaturePrefix, ourVersions } from '@xerotier/protocol/wire.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { digestOf } from '@xerotier/runtime/digest.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import { packMessage, unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { Dealer } from 'zeromq'
import { patienceMs } from './patience.ts'

type FrameOf<T extends RouterFrame['t']> = Extract<RouterFrame, { t: T }>

export function newAgentKeys(): AgentKeys {
  return { signing: newSigningKey(), curve: curveKeysFromSecret(randomBytes(32)) }
}

export function toolOf(name: string, changes: Partial<ToolDescriptor> = {}): ToolDescriptor {
  const input_schema = changes.input_schema ?? { type: 'object' }
  return {
    name,
    description: name,
    risk: 'read',
    domain: 'test',
    workspace_types: [],
    input_schema,
    schema_digest: digestOf(input_schema),
    timeout_ms: 60_000,
    idempotent: false,
    mcp_visible: true,
    auto_fork_branch: false,
    has_preview: false,
    has_undo: false,
    operands: [],
    credentials: null,
    bundle: 'test',
    bundle_version: '1',
    ...changes,
  }
}

export function manifestOf(tools: ToolDescriptor[], version = 1): Manifest {
  const content = { tools, workspaces: [] }
  return { ...content, manifest_version: version, manifest_hash: digestOf(manifestContent(content)), bundles: [] }
}

/** Enrolls keys the documented way, with nothing but fetch. */
export async function enrollBare(
  client: Client,
  name: string,
  keys = newAgentKeys(),
  joinKey?: string,
): Promise<{ keys: AgentKeys; enrollment: Enrollment }> {
  const key = joinKey ?? (await client.call('joinKeys.create', { body: { name, region: 'test' } })).key
  const body = {
    join_key: key,
    registration_name: name,
    role: 'xem' as const,
    signing_public_key: keys.signing.publicKey.toString('hex'),
    curve_public_key: keys.curve.publicKey,
    hostname: 'test',
    version: '0',
  }
  const proof = keys.signing.sign(Buffer.from(enrollText(body))).toString('hex')
  const answer = await fetch(new URL('/v1/enroll', client.origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, proof }),
  })
  if (answer.status !== 200) throw new Error(`enroll: ${answer.status} ${await answer.text()}`)
  return { keys, enrollment: (await answer.json()) as Enrollment }
}

export interface BareAgent {
  readonly socket: Dealer
  session: string
  /** Of the wire: that of the session, and before it the oldest that it speaks. */
  version: number
  leaseEpoch: number
  /** Signs and sends one message; the next number unless told otherwise. */
  send(frames: unknown[], changes?: { n?: number; session?: string; keys?: AgentKeys; v?: number }): Promise<void>
  /** Sends these parts as they are. */
  sendParts(parts: (Buffer | string)[]): Promise<void>
  /** The next frame of one of these types; others before it are kept. @throws after 5 s */
  next<T extends RouterFrame['t']>(...types: T[]): Promise<FrameOf<T>>
  /** Hears of each frame, and the version of the wire that it came in. */
  heard?: (version: number, frame: RouterFrame) => void
  /** Frames that came and nobody asked for. */
  readonly waiting: RouterFrame[]
  /** hello, challenge, proof, and what the router says to it. */
  offer(changes?: Record<string, unknown>, proofKeys?: AgentKeys): Promise<FrameOf<'welcome' | 'session_refused'>>
  /** `offer`, welcomed. */
  open(changes?: Record<string, unknown>): Promise<FrameOf<'welcome'>>
  close(): void
}

/**
 * Connects with CURVE; says nothing yet.
 * @param versions of the wire; of one alone it names none, as did version 2
 */
export function bareAgent(
  keys: AgentKeys,
  enrollment: Enrollment,
  tools: ToolDescriptor[] = [],
  versions = ourVersions,
): BareAgent {
  const socket = new Dealer({
    linger: 0,
    curveServerKey: enrollment.router.curve_public_key,
    curvePublicKey: keys.curve.publicKey,
    curveSecretKey: keys.curve.secretKey,
  })
  socket.connect(enrollment.router.address)
  const waiting: RouterFrame[] = []
  const wanted = new Set<() => void>()
  let number = 0
  const agent: BareAgent = {
    socket,
    session: '',
    version: versions.oldest,
    leaseEpoch: 0,
    waiting,
    async send(frames, changes = {}) {
      const body = packMessage({
        v: changes.v ?? agent.version,
        s: changes.session ?? agent.session,
        n: changes.n ?? ++number,
        f: frames,
      })
      await socket.send([
        body,
        (changes.keys ?? keys).signing.sign(Buffer.concat([Buffer.from(messageSignaturePrefix), body])),
      ])
    },
    sendParts: (parts) => socket.send(parts),
    next(...types) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          wanted.delete(look)
          reject(
            new Error(
              `no ${types.join(' or ')} within ${patienceMs} ms; got ${waiting.map((frame) => frame.t).join(', ') || 'nothing'}`,
            ),
          )
        }, patienceMs).unref()
        const look = () => {
          const index = waiting.findIndex((frame) => types.includes(frame.t as never))
          if (index < 0) return
          clearTimeout(timer)
          wanted.delete(look)
          resolve(waiting.splice(index, 1)[0] as FrameOf<(typeof types)[number]>)
        }
        wanted.add(look)
        look()
      })
    },
    async offer(changes = {}, proofKeys = keys) {
      const said = versions.oldest === versions.newest ? {} : { versions }
      await agent.send([{ t: 'hello', agent_id: enrollment.agent_id, ...said }], {
        session: '',
        n: 0,
        v: versions.oldest,
      })
      const opening = await agent.next('challenge', 'session_refused')
      if (opening.t === 'session_refused') return opening
      const { nonce, routing_id } = opening
      const proof = {
        t: 'proof',
        agent_id: enrollment.agent_id,
        nonce,
        routing_id,
        curve_public_key: keys.curve.publicKey,
        journal_id: '0'.repeat(32),
        manifest: manifestOf(tools),
        in_flight: [],
        max_concurrent_executions: 10,
        // It renews nothing by itself, and may stand for a while on a busy machine.
        lease_renewal_interval_ms: 3_600_000,
        hostname: 'test',
        version: '0',
        ...changes,
      }
      await agent.send([proof], { session: '', n: 0, keys: proofKeys })
      return agent.next('welcome', 'session_refused')
    },
    async open(changes) {
      const answer = await agent.offer(changes)
      if (answer.t !== 'welcome') throw new Error(`refused: ${answer.code} ${answer.message}`)
      return answer
    },
    close: () => socket.close(),
  }
  void (async () => {
    for await (const [body] of socket) {
      const { v, s, f } = unpackMessage(body!) as { v: number; s: string; f: RouterFrame[] }
      for (const frame of f) {
        agent.heard?.(v, frame)
        if (frame.t === 'challenge') agent.version = v
        if (frame.t === 'welcome') {
          agent.session = s
          agent.leaseEpoch = frame.lease_epoch
          number = 0
        }
        waiting.push(frame)
      }
      for (const look of [...wanted]) look()
    }
  })().catch(() => {})
  return agent
}
