// A message as it came from a connection: what it is, before anybody knows who sent it.
import type { KeyObject } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { envelopeSchema, messageSignaturePrefix } from '@xerotier/protocol/wire.ts'
import { verifySignature } from '@xerotier/runtime/ed25519.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { createScratch } from '@xerotier/runtime/scratch.ts'
import type { Listener } from './socket.ts'

/** A connection, as its messages name it. */
export interface Origin {
  /** Where it was made. */
  readonly listener: Listener
  readonly routingId: Buffer
  /** The connection as the key of a table: a routing id is its listener's alone. */
  readonly routingKey: string
  /** Of the wire: it is answered in the one that it came in. */
  readonly version: number
}

/** Without the bytes of the message. */
export function originOf({ listener, routingId, routingKey, version }: Origin): Origin {
  return { listener, routingId, routingKey, version }
}

export function routingKeyOf({ mark }: Listener, routingId: Buffer | undefined): string {
  return mark + (routingId?.toString('latin1') ?? '')
}

export interface Message extends Origin {
  /** Session id; empty before `welcome`. */
  readonly session: string
  readonly number: number
  /** Not looked at yet. */
  readonly frames: unknown[]
  /** Of the whole message. */
  readonly bytes: number
  isSignedBy(key: KeyObject): boolean
}

const prefix = Buffer.from(messageSignaturePrefix)
const signed = createScratch()

/** @returns undefined when it is none, of whatever version */
export function readMessage(listener: Listener, parts: Buffer[]): Message | undefined {
  const [routingId, body, signature] = parts
  // Law L4: whatever is not exactly a message of ours is dropped before anything looks at it.
  if (parts.length !== 3 || routingId === undefined || body === undefined || signature?.length !== 64) return undefined
  if (body.length > limits.messageBytes) return undefined
  let envelope: unknown
  try {
    envelope = unpackMessage(body)
  } catch {
    return undefined
  }
  const parsed = envelopeSchema.safeParse(envelope)
  if (!parsed.success) return undefined
  return {
    listener,
    routingId,
    routingKey: routingKeyOf(listener, routingId),
    version: parsed.data.v,
    session: parsed.data.s,
    number: parsed.data.n,
    frames: parsed.data.f,
    bytes: body.length,
    isSignedBy: (key) => verifySignature(key, signed(prefix, body), signature),
  }
}
