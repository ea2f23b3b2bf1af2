// A message as it came from a connection: what it is, before anybody knows who sent it.
import type { KeyObject } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { envelopeSchema, messageSignaturePrefix, wireVersion } from '@xerotier/protocol/wire.ts'
import { verifySignature } from '@xerotier/runtime/ed25519.ts'
import { unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { createScratch } from '@xerotier/runtime/scratch.ts'

/** A connection, as its messages name it. */
export interface Origin {
  readonly routingId: Buffer
  /** The routing id as the key of a table. */
  readonly routingKey: string
}

/** Without the bytes of the message. */
export function originOf({ routingId, routingKey }: Origin): Origin {
  return { routingId, routingKey }
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
export function readMessage(parts: Buffer[]): Message | { fault: 'malformed' } | { fault: 'version'; to: Buffer } {
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
  if (!parsed.success) return isOfAnotherVersion(envelope) ? { fault: 'version', to: routingId } : malformed
  return {
    routingId,
    routingKey: routingId.toString('latin1'),
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
