// A message as it came from a connection: what it is, before anybody knows who sent it.
import type { KeyObject } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { envelopeSchema, messageSignaturePrefix, wireVersion } from '@xerotier/protocol/wire.ts'
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
}

/** Without the bytes of the message. */
export function originOf({ listener, routingId, routingKey }: Origin): Origin {
  return { listener, routingId, routingKey }
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

/**
 * @returns why it is none: `malformed`, or in another version of the wire by somebody who can be
 * told so
 */
export function readMessage(
  listener: Listener,
  parts: Buffer[],
): Message | { fault: 'malformed' } | { fault: 'version'; to: Origin } {
  const [routingId, body, signature] = parts
  const malformed = { fault: 'malformed' } as const
  // Law L4: whatever is not exactly a message of ours is dropped before anything looks at it.
  if (parts.length !== 3 || routingId === undefined || body === undefined || signature?.length !== 64) return malformed
  if (body.length > limits.messageBytes) return malformed
  let envelope: unknown
  try {
    envelope = unpackMessage(body)
  } catch {
    return malformed
  }
  const parsed = envelopeSchema.safeParse(envelope)
  const routingKey = routingKeyOf(listener, routingId)
  if (!parsed.success)
    return isOfAnotherVersion(envelope) ? { fault: 'version', to: { listener, routingId, routingKey } } : malformed
  return {
    listener,
    routingId,
    routingKey,
    session: parsed.data.s,
    number: parsed.data.n,
    frames: parsed.data.f,
    bytes: body.length,
    isSignedBy: (key) => verifySignature(key, signed(prefix, body), signature),
  }
}

function isOfAnotherVersion(envelope: unknown): boolean {
  if (typeof envelope !== 'object' || envelope === null || !('v' in envelope)) return false
  return typeof envelope.v === 'number' && envelope.v !== wireVersion
}
