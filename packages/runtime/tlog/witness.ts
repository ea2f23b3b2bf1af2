// What a witness does with a checkpoint before it signs (C2SP tlog-witness): nothing is signed that
// does not go on from what it has seen.
import { isSignedBy, type Note, type NoteKey, parseCheckpoint, parseNote } from './note.ts'
import { emptyRoot, type TreeHead, verifyConsistency } from './tree.ts'

export interface Offered {
  /** The signed checkpoint. */
  note: string
  /** From which size the proof leads to it. */
  oldSize: number
  proof: readonly Buffer[]
}

/**
 * `conflict`: the proof is from another size than the one that was seen. The others are no mistake
 * that an honest log makes.
 */
export type WitnessRefusal = 'conflict' | 'rollback' | 'fork' | 'signature'

export type Witnessed = { head: TreeHead; text: string } | { refusal: WitnessRefusal; size: number }

/** Of a witness that has seen nothing. */
export const nothingSeen: TreeHead = { size: 0, root: emptyRoot }

/** @param key of the log, under whose name the checkpoint must be */
export function witness(seen: TreeHead, { note, oldSize, proof }: Offered, key: NoteKey): Witnessed {
  const parsed = read(note)
  if (parsed === undefined) return { refusal: 'signature', size: 0 }
  const { size, root, origin, signed } = parsed
  const refuse = (refusal: WitnessRefusal) => ({ refusal, size })
  if (origin !== key.name || !isSignedBy(signed, key)) return refuse('signature')
  if (size < seen.size) return refuse('rollback')
  if (size === seen.size && !root.equals(seen.root)) return refuse('fork')
  if (oldSize !== seen.size) return refuse('conflict')
  if (!verifyConsistency(seen, { size, root }, proof)) return refuse('fork')
  return { head: { size, root }, text: signed.text }
}

function read(note: string): (TreeHead & { origin: string; signed: Note }) | undefined {
  try {
    const signed = parseNote(note)
    return { ...parseCheckpoint(signed.text), signed }
  } catch {
    return undefined
  }
}
