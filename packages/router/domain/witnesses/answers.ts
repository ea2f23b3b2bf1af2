// What agents say of the checkpoints that they were shown.
import type { KeyObject } from 'node:crypto'
import { cosignerNameOf } from '@xerotier/protocol/audit-log.ts'
import type { CheckpointRefusedFrame } from '@xerotier/protocol/frames/audit/checkpoint-refused.ts'
import type { CosignatureFrame } from '@xerotier/protocol/frames/audit/cosignature.ts'
import { rawPublicKey } from '@xerotier/runtime/ed25519.ts'
import { cosignedAt, noteKey, parseNote } from '@xerotier/runtime/tlog/note.ts'
import type { Tx } from '../../store/database.ts'
import type { CosignatureRow } from '../../store/tables.ts'
import { agentActor } from '../actor.ts'
import { isOfLog } from '../audit/log-key.ts'
import { write } from '../events/write.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import { perProject } from '../per-project.ts'
import { type Asking, createRounds } from './rounds.ts'
import { timeOf } from './time-of.ts'

export interface Witnesses {
  /** Keeps what was signed, and shows agents what they have not seen. Called every second. */
  work(): Promise<void>
  /** @returns whether it signs what the agent was shown */
  cosigned(agent: OnlineAgent, key: KeyObject, frame: CosignatureFrame): boolean
  /** @returns whether it is about what the agent was shown */
  refused(agent: OnlineAgent, frame: CheckpointRefusedFrame): Promise<boolean>
}

/** @param answered hears of each answer: `cosigned`, or why not */
export function createWitnesses(core: Asking, answered: (answer: string) => void): Witnesses {
  const rounds = createRounds(core)
  /** By agent. A router that dies forgets them: it asks again. */
  const signed = perProject(() => new Map<string, CosignatureRow>())

  async function keep(): Promise<void> {
    for (const [, rows] of signed.all()) {
      if (rows.size === 0) continue
      const some = [...rows.values()]
      rows.clear()
      await write(core, ({ tx }) => store(tx, some))
    }
  }

  return {
    async work() {
      await keep()
      await rounds.advance()
    },
    cosigned(agent, key, { size, signature: bytes }) {
      const { id: agent_id, projectId: project_id, witness } = agent
      const asked = witness?.asked
      if (witness === undefined || asked?.size !== size) return false
      const { note } = asked
      const public_key = rawPublicKey(key)
      const signature = Buffer.from(bytes)
      const at = cosignedAt(parseNote(note).text, noteKey(cosignerNameOf(agent_id), 'cosigner', public_key), signature)
      if (at === undefined) return false
      witness.asked = undefined
      witness.refusal = undefined
      witness.seen = size
      signed.of(project_id).set(agent_id, { project_id, agent_id, size, note, public_key, signature, at: timeOf(at) })
      answered('cosigned')
      return true
    },
    async refused(agent, frame) {
      const { witness } = agent
      if (witness?.asked?.size !== frame.size) return false
      const { reason, held_size } = frame
      answered(reason)
      if (reason === 'conflict') await rounds.askAgain(agent, held_size)
      else await tell(core, agent, frame)
      return true
    },
  }
}

/** The last word of each agent. */
async function store(tx: Tx, rows: CosignatureRow[]): Promise<void> {
  await tx
    .insertInto('audit_cosignatures')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'agent_id']).doUpdateSet(({ ref }) => ({
        size: ref('excluded.size'),
        note: ref('excluded.note'),
        public_key: ref('excluded.public_key'),
        signature: ref('excluded.signature'),
        at: ref('excluded.at'),
      })),
    )
    .execute()
}

/** Once for each reason in a session: it is asked again when there is another checkpoint. */
async function tell(core: Asking, agent: OnlineAgent, frame: CheckpointRefusedFrame): Promise<void> {
  const { witness, id: agent_id, projectId: project_id, name } = agent
  const { reason, size, held_size } = frame
  if (witness === undefined) return
  witness.asked = undefined
  if (witness.refusal === reason) return
  witness.refusal = reason
  const held = heldNote(core, project_id, frame.held)
  const about = { reason, size, held_size, held }
  core.log.critical(
    { project_id, agent_id, agent: name, ...about },
    'an agent has seen another audit log than this router has, and does not sign for it',
  )
  await write(core, async ({ append }) => {
    const actor = agentActor({ id: agent_id, name, project_id })
    append({ project_id, kind: 'agent.checkpoint_refused', actor, agent_id, data: about })
  })
}

/** Goes on record only when it is what it says: the key of this log has signed it. */
function heldNote({ identity }: Asking, projectId: string, held: string | null): string | null {
  try {
    return held !== null && isOfLog(identity, projectId, parseNote(held)) ? held : null
  } catch {
    return null
  }
}
