// Signed notes, and the two kinds that a log has: checkpoints, and cosignatures of who saw one.
// https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature
import { sha256 } from '../digest.ts'
import { type SigningKey, verifyingKey, verifySignature } from '../ed25519.ts'
import { hashBytes, type TreeHead } from './tree.ts'

/** The byte before the public key, by what it signs. */
const keyTypes = { log: 1, cosigner: 4 } as const
export type NoteKeyType = keyof typeof keyTypes

export interface NoteKey {
  name: string
  type: NoteKeyType
  publicKey: Buffer
  /** The four bytes that begin its signatures. */
  id: Buffer
}

export interface Checkpoint extends TreeHead {
  origin: string
}

export interface SignatureLine {
  name: string
  id: Buffer
  signature: Buffer
}

export interface Note {
  /** With the newline at its end: what is signed. */
  text: string
  signatures: SignatureLine[]
}

export function noteKey(name: string, type: NoteKeyType, publicKey: Buffer): NoteKey {
  const tagged = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(keyTypes[type]), publicKey])
  return { name, type, publicKey, id: sha256(tagged).subarray(0, 4) }
}

/** `<name>+<id>+<key>`: what a verifier is given. */
export function verifierKey({ name, type, publicKey, id }: NoteKey): string {
  return `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(keyTypes[type]), publicKey]).toString('base64')}`
}

/** Undefined for what is no such key. */
export function parseVerifierKey(text: string): NoteKey | undefined {
  const [, name = '', id, bytes = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? []
  const tagged = Buffer.from(bytes, 'base64')
  const type = tagged[0] === keyTypes.log ? 'log' : tagged[0] === keyTypes.cosigner ? 'cosigner' : undefined
  if (type === undefined || tagged.length !== 33) return undefined
  const key = noteKey(name, type, tagged.subarray(1))
  return key.id.toString('hex') === id ? key : undefined
}

function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** Begins a line of a checkpoint that says which key takes the place of the one that signs it. */
const nextKeyWord = 'xerotier-next-key '

/** @param previous signs as well, and names the key, while verifiers learn of it */
export function signedCheckpoint(checkpoint: Checkpoint, key: SigningKey, previous?: SigningKey): string {
  const { origin } = checkpoint
  const next = previous && `${nextKeyWord}${verifierKey(noteKey(origin, 'log', key.publicKey))}\n`
  const text = checkpointText(checkpoint) + (next ?? '')
  const keys = previous === undefined ? [key] : [key, previous]
  const lines = keys.map((one) => signatureLine(noteKey(origin, 'log', one.publicKey), one.sign(Buffer.from(text))))
  return `${text}\n${lines.join('')}`
}

/**
 * The key that a checkpoint names, and that has signed it as well. Whoever trusts another key that
 * has signed it may trust this one from then on.
 */
export function nextKeyOf(note: Note): NoteKey | undefined {
  const [, , , ...lines] = note.text.split('\n')
  const named = lines.find((line) => line.startsWith(nextKeyWord))
  const key = named === undefined ? undefined : parseVerifierKey(named.slice(nextKeyWord.length))
  const isOfLog = key?.type === 'log' && note.text.startsWith(`${key.name}\n`)
  return isOfLog && isSignedBy(note, key) ? key : undefined
}

export function signatureLine({ name, id }: Pick<NoteKey, 'name' | 'id'>, signature: Buffer): string {
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

/** @throws for what is no signed note */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n')
  const lines = end < 0 ? [] : note.slice(end + 2).split('\n')
  if (end < 0 || lines.pop() !== '' || lines.length === 0) throw new Error('this is no signed note')
  const signatures = lines.map((line) => {
    const [, name = '', bytes = ''] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const signed = Buffer.from(bytes, 'base64')
    if (signed.length < 5) throw new Error('this is no signed note')
    return { name, id: signed.subarray(0, 4), signature: signed.subarray(4) }
  })
  return { text: note.slice(0, end + 1), signatures }
}

/** @throws for what is no text of a checkpoint */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin = '', size = '', root = ''] =
    /^(\S[^\n]*)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(text) ?? []
  const bytes = Buffer.from(root, 'base64')
  if (origin === '' || bytes.length !== hashBytes) throw new Error('this is no checkpoint')
  return { origin, size: Number(size), root: bytes }
}

/** Whether the log has signed the note. */
export function isSignedBy({ text, signatures }: Note, key: NoteKey): boolean {
  return signatures.some(
    ({ name, id, signature }) =>
      name === key.name &&
      id.equals(key.id) &&
      verifySignature(verifyingKey(key.publicKey), Buffer.from(text), signature),
  )
}

/** @param time seconds since the epoch */
export function cosign(text: string, key: SigningKey, time: number): Buffer {
  const stamp = Buffer.alloc(8)
  stamp.writeBigUInt64BE(BigInt(time))
  return Buffer.concat([stamp, key.sign(cosigned(text, time))])
}

/** When the cosigner saw the note, seconds since the epoch; undefined when it did not sign it. */
export function cosignedAt(text: string, key: NoteKey, signature: Buffer): number | undefined {
  if (signature.length !== 72) return undefined
  const time = Number(signature.readBigUInt64BE())
  return verifySignature(verifyingKey(key.publicKey), cosigned(text, time), signature.subarray(8)) ? time : undefined
}

function cosigned(text: string, time: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)
}
