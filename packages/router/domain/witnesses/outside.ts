// A witness outside: somebody whom whoever has the router's host does not have. It is shown the
// newest checkpoint of each log by HTTP (C2SP tlog-witness), and what it signs is kept beside what
// agents sign. Nothing waits for it: one that hangs, or answers nonsense, is asked again later.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { createOutbound, type Outbound } from '@xerotier/runtime/outbound.ts'
import type { NoteKey } from '@xerotier/runtime/tlog/note.ts'
import { selectUnseen, type Unseen } from '../../store/audit-outside.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { answerOf, requestOf, type Said, type Submission } from './add-checkpoint.ts'
import { prove } from './proofs.ts'
import { timeOf } from './time-of.ts'

export interface OutsideOptions {
  /** Where add-checkpoint is, without a slash at the end. */
  url: string
  /** What it signs with. */
  key: NoteKey
  /** PEM certificates to trust instead of the system's. */
  ca?: string | undefined
  patienceMs?: number | undefined
}

export interface OutsideWitness {
  /** Begins a round where one is due, and does not wait for it. Called every second. */
  work(): Promise<void>
  /** Resolves when nothing is under way. */
  close(): Promise<void>
}

type Showing = Records & { settings: Pick<Settings, 'cosignEveryMs'> }

/** What is known of one log at the witness, beside what it has signed. */
interface Memory {
  /** How often in a row it had no signature for it. */
  failures: number
  /** Not before (monotonic). */
  nextAt: number
  /** What it said that it has seen, when that was not what it has signed for us. */
  seen: number | undefined
  /** What was told of it last: once is enough. */
  told: string | undefined
}

const logsPerRound = 100
const answerBytes = 64 * 1024
const lastRetryMs = 600_000

/** @param answered hears how each submission went */
export function createOutsideWitness(
  core: Showing,
  { url, key, ca, patienceMs = 10_000 }: OutsideOptions,
  answered: (answer: string) => void,
): OutsideWitness {
  const outbound = createOutbound({
    clock: core.clock,
    privateTargets: true,
    ...(ca === undefined ? {} : { ca }),
    limits: { connectMs: patienceMs, firstByteMs: patienceMs, totalMs: 2 * patienceMs, answerBytes },
  })
  const memories = perProject<Memory>(() => ({ failures: 0, nextAt: 0, seen: undefined, told: undefined }))
  let round: Promise<void> | undefined
  let nextAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let closing = false
  const closed = Promise.withResolvers<undefined>()
  const later = (count: number) => Math.min(lastRetryMs, core.settings.cosignEveryMs * 2 ** Math.min(count, 10))

  const advance = async () => {
    const now = core.clock.monotonic()
    const due = (await selectUnseen(core.store.db, key.name, logsPerRound)).filter(
      ({ project_id }) => memories.of(project_id).nextAt <= now,
    )
    for (const one of due) {
      if (closing) return
      const memory = memories.of(one.project_id)
      const said = await show(one, memory)
      answered(said)
      if (said === 'unreachable') {
        // It is so for all.
        failures += 1
        return
      }
      failures = 0
      memory.failures = said === 'cosigned' ? 0 : memory.failures + 1
      memory.nextAt = core.clock.monotonic() + (memory.failures === 0 ? 0 : later(memory.failures))
    }
  }

  const show = async (one: Unseen, memory: Memory): Promise<string> => {
    const seen = memory.seen ?? one.seen
    const first = await submit(core, outbound, { url, key, one, seen, memory, closed: closed.promise })
    // It may have signed what we forgot: the same again, from where it is.
    if (first?.said !== 'elsewhere' || first.size > one.size) return conclude(one, memory, first, seen)
    memory.seen = first.size
    return conclude(
      one,
      memory,
      await submit(core, outbound, { url, key, one, seen: first.size, memory, closed: closed.promise }),
      first.size,
    )
  }

  const conclude = async (one: Unseen, memory: Memory, said: Said | undefined, seen: number): Promise<string> => {
    if (said === undefined) return 'unreachable'
    const { project_id, size, note } = one
    const about = { project_id, witness: key.name, size }
    const tell = (what: string, say: () => void) => {
      if (memory.told !== what) say()
      memory.told = what
    }
    switch (said.said) {
      case 'cosigned': {
        const { signature, at } = said
        const row = { project_id, witness: key.name, size, note, public_key: key.publicKey, signature, at: timeOf(at) }
        await write(core, ({ tx }) =>
          tx
            .insertInto('audit_outside_cosignatures')
            .values(row)
            .onConflict((conflict) =>
              conflict.columns(['project_id', 'witness']).doUpdateSet({ ...row, project_id, witness: key.name }),
            )
            .execute(),
        )
        memory.seen = undefined
        memory.told = undefined
        return 'cosigned'
      }
      case 'unknown':
        tell('unknown', () =>
          core.log.error(about, 'the witness outside does not know the audit log: give it the verifier key of the log'),
        )
        return 'unknown'
      case 'nonsense':
        tell('nonsense', () =>
          core.log.error(
            { ...about, why: said.why },
            'the answer of the witness outside is of no use; it is asked again',
          ),
        )
        return 'nonsense'
      case 'fork':
      case 'elsewhere': {
        const reason = said.said === 'elsewhere' && said.size > size ? 'rollback' : 'fork'
        const held_size = said.said === 'elsewhere' ? said.size : seen
        if (memory.told !== reason) await onRecord(core, key.name, { project_id, reason, size, held_size })
        memory.told = reason
        return reason
      }
    }
  }

  return {
    async work() {
      const now = core.clock.monotonic()
      if (round !== undefined || closing || now < nextAt) return
      round = advance()
        .catch((error) => core.log.warning({ error }, 'the witness outside could not be shown the audit logs'))
        .finally(() => {
          nextAt = core.clock.monotonic() + later(failures)
          round = undefined
        })
    },
    async close() {
      closing = true
      closed.resolve(undefined)
      await round
    },
  }
}

interface Asked {
  url: string
  key: NoteKey
  one: Unseen
  seen: number
  memory: Memory
  /** Resolves when nobody waits any more. */
  closed: Promise<undefined>
}

/** @returns undefined when there was no answer */
async function submit(
  core: Showing,
  outbound: Outbound,
  { url, key, one, seen, memory, closed }: Asked,
): Promise<Said | undefined> {
  const oldSize = Math.min(seen, one.size)
  const proof = await prove(core, one, oldSize)
  if (proof === undefined) return { said: 'nonsense', why: 'there is no proof for what it has seen' }
  const submission: Submission = { note: one.note, oldSize, proof }
  try {
    const answer = await Promise.race([outbound(requestOf(url, submission)), closed])
    return answer && answerOf(answer, submission, key)
  } catch (error) {
    const why = messageOf(error)
    if (memory.told !== 'unreachable')
      core.log.warning({ witness: key.name, why }, 'the witness outside does not answer')
    memory.told = 'unreachable'
    return undefined
  }
}

/** Somebody outside has seen another log than this. */
async function onRecord(
  core: Showing,
  witness: string,
  about: { project_id: string; reason: string; size: number; held_size: number },
): Promise<void> {
  const { project_id, ...data } = about
  core.log.critical(
    { ...about, witness },
    'the witness outside has seen another audit log than this router has, and does not sign for it',
  )
  await write(core, async ({ append }) => {
    append({ project_id, kind: 'witness.checkpoint_refused', actor: router, data: { witness, ...data } })
  })
}
