// What a witness is asked over HTTP, and what it may say. https://c2sp.org/tlog-witness
import type { OutboundAnswer, OutboundRequest } from '@xerotier/runtime/outbound.ts'
import { cosignedAt, type NoteKey, parseNote } from '@xerotier/runtime/tlog/note.ts'

export interface Submission {
  /** The signed checkpoint. */
  note: string
  /** What the witness has seen last, and the proof from there. */
  oldSize: number
  proof: readonly Uint8Array[]
}

export function requestOf(prefix: string, { note, oldSize, proof }: Submission): OutboundRequest {
  const lines = [`old ${oldSize}`, ...proof.map((hash) => Buffer.from(hash).toString('base64'))]
  return {
    method: 'POST',
    url: `${prefix}/add-checkpoint`,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `${lines.join('\n')}\n\n${note}`,
  }
}

export type Said =
  | { said: 'cosigned'; signature: Buffer; at: number }
  /** It has seen the log at another size than it was told. */
  | { said: 'elsewhere'; size: number }
  /** It has seen other records than those. */
  | { said: 'fork' }
  /** It does not know the log, or its key. */
  | { said: 'unknown' }
  /** Nothing that the protocol knows. */
  | { said: 'nonsense'; why: string }

/** @param key of the witness: whatever is not signed by it does not count */
export function answerOf({ status, body }: OutboundAnswer, { note, oldSize }: Submission, key: NoteKey): Said {
  const text = body.toString()
  switch (status) {
    case 200:
      return signatureIn(note, text, key) ?? { said: 'nonsense', why: 'it holds no signature of the witness' }
    case 409: {
      const size = /^(?:0|[1-9]\d{0,15})\n?$/.test(text) ? Number(text) : undefined
      // Of the same size it has another root.
      if (size === undefined || size === oldSize) return { said: 'fork' }
      return { said: 'elsewhere', size }
    }
    case 422:
      return { said: 'fork' }
    case 403:
    case 404:
      return { said: 'unknown' }
    default:
      return { said: 'nonsense', why: `it answered ${status}` }
  }
}

function signatureIn(note: string, lines: string, key: NoteKey): Said | undefined {
  try {
    const { text, signatures } = parseNote(note + lines)
    for (const { name, id, signature } of signatures) {
      if (name !== key.name || !id.equals(key.id)) continue
      const at = cosignedAt(text, key, signature)
      if (at !== undefined) return { said: 'cosigned', signature, at }
    }
  } catch {
    // Signatures end in lines of their own; what is none is no answer.
  }
  return undefined
}
