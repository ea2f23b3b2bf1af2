// Removes what has had its time, project by project: in small batches, a tenth of the time at most,
// and less while calls wait for the database. What it has done is in the database alone: whoever
// goes on, after a router was killed as well, removes and tells everything once.
import type { CommitLanes } from '../../store/lanes/lanes.ts'
import { selectRetaining, takeUntold } from '../../store/retention.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { perProject } from '../per-project.ts'
import { type BatchSize, batchSize, removeBatch, type Walk } from './remove-batch.ts'
import { announceRemoval, type RemovingEvents, removeEventBatch } from './remove-events.ts'

const hourMs = 3_600_000
/** Of each second. */
const workMs = 100
/** How often it looks for new settings, ms. */
const lookMs = 60_000
/** Items of calls before the lanes from which on they are busy, and how often it gives way. */
const busyDepth = 64
const givesWay = 5

const walks: readonly Omit<Walk, 'projectId'>[] = [
  { what: 'output', which: 'kept' },
  { what: 'output', which: 'fresh' },
  { what: 'artifacts', which: 'kept' },
  { what: 'artifacts', which: 'fresh' },
  { what: 'executions', which: 'fresh' },
]

export type Removing = RemovingEvents & {
  lanes: Pick<CommitLanes, 'depth'>
  /** Hears what a pass has removed, by what it is; `bytes` of output and artifacts. */
  removed?: ((counts: Readonly<Record<string, number>>) => void) | undefined
}

const anew = { doneIn: undefined, walk: 0, after: undefined }

/** Of one project, through all of its walks, once an hour. */
interface Pass {
  /** Undefined while the project keeps everything. */
  settings: string | undefined
  /** In which hour it was done, by these settings. */
  doneIn: number | undefined
  walk: number
  after: string | null | undefined
  /** When it was last worked on, on the monotonic clock. */
  workedOn: number
}

export interface Remover {
  work(): Promise<void>
}

export function createRemover(core: Removing, size: BatchSize = batchSize): Remover {
  const { clock } = core
  const passes = perProject<Pass>(() => ({
    ...{ settings: undefined, doneIn: undefined, walk: 0, after: undefined, workedOn: 0 },
  }))
  let lookedAt = Number.NEGATIVE_INFINITY
  let gaveWay = 0

  const lookAround = async () => {
    if (clock.monotonic() - lookedAt < lookMs) return
    const settings = new Map(
      (await selectRetaining(core.store.db)).map(({ id, ...days }) => [id, JSON.stringify(days)]),
    )
    lookedAt = clock.monotonic()
    const known = [...passes.all()].map(([id]) => id)
    for (const id of new Set([...settings.keys(), ...known])) {
      const pass = passes.of(id)
      if (settings.get(id) !== pass.settings) Object.assign(pass, { ...anew, settings: settings.get(id) })
    }
  }

  return {
    async work() {
      if (core.lanes.depth > busyDepth && ++gaveWay < givesWay) return
      gaveWay = 0
      await lookAround()
      const until = clock.monotonic() + workMs
      const hour = Math.floor(clock.now() / hourMs)
      const due = [...passes.all()].filter(([, { settings, doneIn }]) => settings !== undefined && doneIn !== hour)
      // Whoever has most to remove does not keep it from the others.
      for (const [projectId, pass] of due.sort(([, a], [, b]) => a.workedOn - b.workedOn)) {
        do await goOn(core, projectId, { pass, hour, size })
        while (pass.doneIn !== hour && clock.monotonic() < until)
        pass.workedOn = clock.monotonic()
        if (clock.monotonic() >= until) return
      }
    },
  }
}

async function goOn(
  core: Removing,
  projectId: string,
  { pass, hour, size }: { pass: Pass; hour: number; size: BatchSize },
): Promise<void> {
  const walk = walks[pass.walk]
  if (walk !== undefined) {
    const { after, done } = await removeBatch(core, { projectId, ...walk }, pass.after, size)
    Object.assign(pass, done ? { walk: pass.walk + 1, after: undefined } : { after })
    return
  }
  const { done } = await removeEventBatch(core, projectId)
  if (!done) return
  // What is announced now goes in the next hour.
  await announceRemoval(core, projectId)
  await tell(core, projectId)
  Object.assign(pass, { ...anew, doneIn: hour })
}

/** Of each pass that removed something one event, with counts. */
async function tell(core: Removing, projectId: string): Promise<void> {
  const told = await write(core, async ({ tx, append }) => {
    const untold = await takeUntold(tx, projectId)
    if (untold.length === 0) return undefined
    const data: Record<string, number> = { bytes: 0 }
    for (const { what, removed, bytes } of untold) {
      data[what] = removed
      data.bytes = (data.bytes ?? 0) + bytes
    }
    append({ project_id: projectId, kind: 'retention.removed', actor: router, data })
    return data
  })
  if (told === undefined) return
  core.removed?.(told)
  core.log.notice({ project_id: projectId, ...told }, 'retention removed what had had its time')
}
