// Agents as witnesses of the audit log. Now and then each is shown the newest checkpoint of its
// project, with the proof that the log goes on from what it saw last; what it signs is kept. One
// message for an agent and a checkpoint, some agents a second, and none in the path of a call.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { type NewestCheckpoint, selectNewestCheckpoints, selectSeenSizes } from '../../store/audit-cosignatures.ts'
import type { LogKeys } from '../audit/log-key.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { prove } from './proofs.ts'

export type Asking = Records &
  FleetView & { clock: Clock; identity: LogKeys; settings: Pick<Settings, 'cosignEveryMs'> }

/** Agents that are shown a checkpoint, one after the other. */
export interface Rounds {
  /** Shows some agents what they are to see next. Called every second. */
  advance(): Promise<void>
  /** Shows it again, from where the agent says that it is; once for each time it was shown. */
  askAgain(agent: OnlineAgent, seen: number): Promise<void>
}

interface Turn {
  agent: OnlineAgent
  checkpoint: NewestCheckpoint
}

type Proofs = Map<string, Promise<Uint8Array<ArrayBuffer>[] | undefined>>

export function createRounds(core: Asking): Rounds {
  let turns: Turn[] = []
  let nextAt = 0
  /** Of this round: most agents have seen the same. */
  let proofs: Proofs = new Map()

  async function begin(): Promise<void> {
    nextAt = core.clock.monotonic() + core.settings.cosignEveryMs
    proofs = new Map()
    const agents = core.fleet.all().filter(({ witness }) => witness !== undefined)
    if (agents.length === 0) return
    await lookUp(core, agents)
    const projects = [...new Set(agents.map(({ projectId }) => projectId))]
    const newest = new Map((await selectNewestCheckpoints(core.store.db, projects)).map((row) => [row.project_id, row]))
    turns = agents.flatMap((agent) => {
      const checkpoint = newest.get(agent.projectId)
      return checkpoint !== undefined && isNews(agent, checkpoint) ? [{ agent, checkpoint }] : []
    })
  }

  async function show({ agent, checkpoint }: Turn, again = false): Promise<void> {
    const { witness } = agent
    if (witness === undefined || !core.fleet.holds(agent)) return
    const { project_id, size, note } = checkpoint
    // Whoever has seen more than there is, is shown that there is less: it will say so.
    const seen = Math.min(witness.seen ?? 0, size)
    const key = `${project_id} ${seen} ${size}`
    const found = proofs.get(key) ?? prove(core, checkpoint, seen)
    proofs.set(key, found)
    const proof = await found
    if (proof === undefined) {
      // Nor has the next checkpoint one: its next session looks again.
      agent.witness = undefined
      return
    }
    witness.wasAsked = true
    witness.asked = { size, note, again }
    agent.send({
      t: 'checkpoint',
      note,
      log_key: new Uint8Array(core.identity.auditKey.publicKey),
      old_size: seen,
      proof,
    })
  }

  return {
    async advance() {
      if (turns.length === 0 && core.clock.monotonic() >= nextAt) await begin()
      for (const turn of turns.splice(0, limits.cosignersPerSecond)) await show(turn)
    },
    async askAgain(agent, seen) {
      const { witness, projectId: project_id } = agent
      if (witness?.asked === undefined) return
      const { size, note, again } = witness.asked
      witness.asked = undefined
      witness.seen = seen
      if (!again) await show({ agent, checkpoint: { project_id, size, note } }, true)
    },
  }
}

/** It has not seen it, or was not asked since it came. */
function isNews({ witness }: OnlineAgent, { size }: NewestCheckpoint): boolean {
  return witness !== undefined && (!witness.wasAsked || witness.seen !== size)
}

/** What agents saw in earlier sessions. */
async function lookUp({ store }: Asking, agents: readonly OnlineAgent[]): Promise<void> {
  const fresh = agents.filter(({ witness }) => witness?.seen === undefined)
  if (fresh.length === 0) return
  const sizes = await selectSeenSizes(
    store.db,
    fresh.map(({ id }) => id),
  )
  for (const { id, witness } of fresh) if (witness !== undefined) witness.seen ??= sizes.get(id) ?? 0
}
