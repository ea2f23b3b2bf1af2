// The agent as a witness of its project's audit log: it signs a checkpoint that goes on from the
// one that it saw last, which it keeps on its own disk. A router that tells another history, or
// less of it, gets no signature, and whoever looks at this host learns of it.
import { readFile } from 'node:fs/promises'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { auditOriginOf, cosignerNameOf } from '@xerotier/protocol/audit-log.ts'
import type { CheckpointFrame } from '@xerotier/protocol/frames/audit/checkpoint.ts'
import type { CheckpointRefusal, CheckpointRefusedFrame } from '@xerotier/protocol/frames/audit/checkpoint-refused.ts'
import type { CosignatureFrame } from '@xerotier/protocol/frames/audit/cosignature.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { SigningKey } from '@xerotier/runtime/ed25519.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import {
  cosign,
  nextKeyOf,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signatureLine,
  verifierKey,
} from '@xerotier/runtime/tlog/note.ts'
import { nothingSeen, witness } from '@xerotier/runtime/tlog/witness.ts'
import { z } from 'zod'

export type WitnessAnswer = CosignatureFrame | CheckpointRefusedFrame

export interface AuditWitness {
  /** Looks at it after those before it, and answers once what it saw is on disk. */
  look(frame: CheckpointFrame, answer: (frame: WitnessAnswer) => void): void
  /** Into the log, for who verifies with it. */
  sayKey(): void
}

export interface WitnessOptions {
  /** Where it keeps what it saw. Without the file it begins anew with what it is shown first. */
  path: string
  enrollment: Pick<Enrollment, 'agent_id' | 'project_id'>
  /** Its signing key as it is now. */
  signing(): SigningKey
  clock: Pick<Clock, 'now'>
  log: Log
  /** Hears what became of each, and up to where the log was seen. */
  looked(result: 'cosigned' | CheckpointRefusal | 'failed', size: number): void
}

const keptSchema = z.object({
  /** Of the log, as it was when it was first seen. */
  verifier_key: z.string(),
  /** The last checkpoint, with the signatures of the log and of this agent. */
  checkpoint: z.string(),
  /** A checkpoint that was refused since then: both are signed, and do not fit. */
  refused: z.object({ reason: z.string(), at: z.string(), checkpoint: z.string() }).optional(),
})
type Kept = z.infer<typeof keptSchema>

export function createAuditWitness(options: WitnessOptions): AuditWitness {
  const { path, enrollment, clock, log, looked } = options
  const ownKey = () => noteKey(cosignerNameOf(enrollment.agent_id), 'cosigner', options.signing().publicKey)
  const sayKey = () =>
    log.info({ cosigner: verifierKey(ownKey()) }, 'checkpoints of the audit log are signed with this key')
  sayKey()
  let last = Promise.resolve()

  async function examine(frame: CheckpointFrame): Promise<WitnessAnswer> {
    const kept = await readKept(path)
    const shown = noteKey(auditOriginOf(enrollment.project_id), 'log', Buffer.from(frame.log_key))
    const key = kept === undefined ? shown : parseVerifierKey(kept.verifier_key)
    if (key === undefined) throw new Error(`${path} holds no key of a log`)
    const seen = kept === undefined ? nothingSeen : parseCheckpoint(parseNote(kept.checkpoint).text)
    const { note, old_size: oldSize } = frame
    const found = witness(seen, { note, oldSize, proof: frame.proof.map((hash) => Buffer.from(hash)) }, key)
    if ('refusal' in found) {
      const { refusal: reason, size } = found
      if (reason !== 'conflict') refuse(kept, reason, note)
      looked(reason, seen.size)
      return { t: 'checkpoint_refused', reason, size, held_size: seen.size, held: kept?.checkpoint ?? null }
    }
    const signature = cosign(found.text, options.signing(), Math.floor(clock.now() / 1000))
    const next = nextKeyOf(parseNote(note))
    const isOther = next !== undefined && !next.id.equals(key.id)
    if (isOther)
      log.notice(
        { from: verifierKey(key), to: verifierKey(next) },
        'the audit log is signed with another key, which the one before names',
      )
    // Whatever else was signed under the name of this key is not ours to keep.
    const logLines = (isOther ? [key, next] : [key]).flatMap((one) =>
      parseNote(note).signatures.filter(({ id, name }) => name === one.name && id.equals(one.id)),
    )
    if (logLines.length === 0) throw new Error('a checkpoint lost its signature')
    const lines = logLines.map((one) => signatureLine(one, one.signature)).join('')
    const checkpoint = `${found.text}\n${lines}${signatureLine(ownKey(), signature)}`
    keep(path, { verifier_key: verifierKey(next ?? key), checkpoint })
    if (kept?.refused !== undefined)
      log.notice({ size: found.head.size }, 'the audit log is again the one that was seen')
    looked('cosigned', found.head.size)
    return { t: 'cosignature', size: found.head.size, signature: new Uint8Array(signature) }
  }

  /** Said once: the router shows the same again and again. */
  function refuse(kept: Kept | undefined, reason: CheckpointRefusal, checkpoint: string): void {
    const first = kept?.refused === undefined
    const about = { reason, shown: checkpoint, seen: kept?.checkpoint, kept_in: path }
    if (first) log.critical(about, `${sentences[reason] ?? ''}; this agent does not sign for it`)
    if (kept === undefined || !first) return
    const refused = { reason, at: new Date(clock.now()).toISOString(), checkpoint }
    keep(path, { ...kept, refused })
  }

  return {
    sayKey,
    look(frame, answer) {
      last = last
        .then(async () => answer(await examine(frame)))
        .catch((error) => {
          looked('failed', 0)
          log.error({ error }, 'a checkpoint of the audit log could not be looked at; this agent does not sign it')
        })
    },
  }
}

const sentences: Partial<Record<CheckpointRefusal, string>> = {
  rollback: 'the audit log of the router is shorter than it was',
  fork: 'the router tells another history in its audit log than before',
  signature: 'the audit log of the router is signed by another key than before',
}

async function readKept(path: string): Promise<Kept | undefined> {
  try {
    return keptSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new Error(`${path} cannot be read; without it this agent begins anew with what it is shown`, { cause: error })
  }
}

/** On disk when it returns: who forgets what it signed can be told another history. */
function keep(path: string, kept: Kept): void {
  writeSecretFile(path, `${JSON.stringify(kept, null, 2)}\n`)
}
