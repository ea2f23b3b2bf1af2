// After a pause. What it held back is let go oldest first and little by little: the target that was
// contained must not get at once what came in an hour. A router that starts takes it from the
// record (pauses/apply.ts).
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { type Reach, reaches } from '../fleet/stops.ts'
import { newUuid } from '../ids.ts'
import { perProject } from '../per-project.ts'

type Call = Pick<ExecutionRow, 'project_id' | 'id' | 'workspace_id' | 'tool'>

export interface Easing {
  /** Calls of these that were queued by then are let go slowly from here on. */
  began(projectId: string, those: readonly Reach[], endedAt?: Date): void
  /** What slows the call, which must wait for its turn; undefined when it may go. */
  slows(call: Call): Reach | undefined
  /** The call was given to an agent. */
  spent(call: Call): void
  /** Ms until more may go. */
  nextIn(): number
  /**
   * All that is queued was offered to agents, and none was slowed.
   * @param seen whether that holds of a workspace; null: of all
   */
  looked(projectId: string, seen: (workspaceId: string | null) => boolean): void
  /** Whether calls of the kind are being let go: their time does not run. */
  isOn(call: Omit<Call, 'id'>): boolean
}

interface Eased extends Reach {
  /** Calls up to this one were queued before the end of the pause. */
  upTo: string
  /** When one of its calls last had to wait (monotonic). */
  slowedAt: number
}

/** Turns are given out in these steps, ms. */
const stepMs = 100
const perStep = Math.max(1, Math.floor((limits.resumedCallsPerSecond * stepMs) / 1000))
/** What was slowed last so long ago is slowed no more. */
const onMs = 3_000

export function createEasing(clock: Clock): Easing {
  const projects = perProject(() => ({ eased: [] as Eased[], step: -1, given: 0 }))

  const find = (call: Call) =>
    projects.of(call.project_id).eased.find((one) => call.id <= one.upTo && reaches(one, call))
  const stepNow = () => Math.floor(clock.monotonic() / stepMs)

  return {
    began(projectId, those, endedAt = new Date(clock.now())) {
      const memory = projects.of(projectId)
      const begun = { upTo: newUuid(endedAt.getTime()), slowedAt: clock.monotonic() }
      const isNew = ({ workspace_id, tool }: Reach) =>
        !those.some((one) => one.workspace_id === workspace_id && one.tool === tool)
      memory.eased = [...memory.eased.filter(isNew), ...those.map((reach) => ({ ...reach, ...begun }))]
    },
    slows(call) {
      const memory = projects.of(call.project_id)
      if (memory.eased.length === 0 || memory.step !== stepNow() || memory.given < perStep) return undefined
      const one = find(call)
      if (one !== undefined) one.slowedAt = clock.monotonic()
      return one
    },
    spent(call) {
      const memory = projects.of(call.project_id)
      if (memory.eased.length === 0 || find(call) === undefined) return
      const step = stepNow()
      memory.given = memory.step === step ? memory.given + 1 : 1
      memory.step = step
    },
    nextIn: () => stepMs - (clock.monotonic() % stepMs),
    looked(projectId, seen) {
      const memory = projects.of(projectId)
      if (memory.eased.length > 0) memory.eased = memory.eased.filter((one) => !seen(one.workspace_id))
    },
    isOn(call) {
      const since = clock.monotonic() - onMs
      return projects.of(call.project_id).eased.some((one) => one.slowedAt > since && reaches(one, call))
    },
  }
}
