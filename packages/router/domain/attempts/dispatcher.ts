// Gives calls to agents. Postgres is the queue: what waits is read from it, so that nothing is lost
// when this process ends.
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectQueued } from '../../store/attempts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { runsAsSubmitted } from '../fleet/online-agent.ts'
import { type Reach, reaches } from '../fleet/stops.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Identity } from '../identity.ts'
import type { Policies } from '../policy/book.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { Attempts, Dispatcher } from './attempts.ts'
import { whatChanged } from './changed.ts'
import { sendDispatch } from './dispatch.ts'
import { createEasing } from './easing.ts'
import { createPasses } from './passes.ts'
import { refusedNow } from './refused-now.ts'
import { giveUp, requeue } from './unfinished.ts'
import { endChanged, endRefused } from './void.ts'
import { createWaiting } from './waiting.ts'

const rowsPerPass = 256

export function createDispatcher(
  core: Records &
    FleetView &
    Policies &
    Pick<Attempts, 'lanes' | 'calls'> & {
      identity: Identity
      grantKeys: Pick<GrantKeys, 'sign'>
      settings: Settings
    },
): Dispatcher {
  const { store, clock, log, fleet, lanes, calls, settings } = core
  const waiting = createWaiting(core)
  const easing = createEasing(clock)
  const passes = createPasses(core, { wanted: (projectId) => waiting.ofProject(projectId) > 0, pass })

  const dispatcher: Dispatcher = {
    reserve(row, { newcomer }) {
      if (newcomer && waiting.ofWorkspace(row) > 0) return undefined
      const agent = fleet.choose(row)
      if (agent === undefined) return undefined
      row.state = 'dispatched'
      row.agent_id = agent.id
      row.attempt += 1
      row.lease_epoch = agent.leaseEpoch
      row.journal_id = agent.journalId
      row.dispatched_at = new Date(clock.now())
      row.queue_deadline = null
      calls.add({ row, agent, sentAt: 0, missed: 0, outputBytes: 0 })
      return agent
    },
    release(row) {
      if (waiting.turnedAway(row)) return
      calls.remove(row)
      dispatcher.wake(row.project_id)
    },
    enqueue(row) {
      const limit = settings.queuedPerProject
      if (waiting.ofProject(row.project_id) >= limit) {
        throw new Fault('capacity_exceeded', {
          message: `The project has ${limit} calls waiting, which is the limit.`,
          retryAfter: 5,
        })
      }
      row.queue_deadline = dispatcher.queueDeadline()
      waiting.enter(row)
    },
    entered(row) {
      waiting.entered(row)
      dispatcher.wake(row.project_id)
    },
    queued: (row) => waiting.count(row, 1),
    queueDeadline: () => new Date(clock.now() + settings.queueSeconds * 1000),
    send(row) {
      const call = calls.get(row.project_id, row.id)
      if (call?.row !== row || !fleet.holds(call.agent)) {
        // Its session ended during the commit: the frame never left, so that even an at-most-once
        // call may go again.
        return unsent(row, requeue(whole, row, 'the agent left before the call was sent'))
      }
      if (!runsAsSubmitted(call.agent, row)) {
        // Its manifest came after the claim. The next look ends the call, unless another agent runs
        // it as it was.
        void requeue(whole, row, `the tool ${row.tool} changed before the call was sent`).catch((error) =>
          core.log.error({ error, execution_id: row.id }, 'a call could not be queued again'),
        )
        return
      }
      if (fleet.isPaused(call.agent, row)) {
        // The pause came after the claim. Who was told that it holds must see no call begin.
        return unsent(row, requeue(whole, row, 'a pause began before the call was sent'))
      }
      try {
        sendDispatch(core, call.agent, row)
        call.sentAt = clock.monotonic()
        call.sentOn = new Date(clock.now())
      } catch (error) {
        if (!(error instanceof Fault)) log.error({ error, execution_id: row.id }, 'a call could not be dispatched')
        const { code, message } = error instanceof Fault ? error : new Fault('internal_error')
        const unbound = code === 'tool_executor_unavailable'
        unsent(row, unbound ? requeue(whole, row, message) : giveUp(whole, row, code, message))
      }
    },
    wake: (projectId) => passes.ask(projectId),
    async findWaiting() {
      for (const projectId of await waiting.recount()) dispatcher.wake(projectId)
    },
    ease(projectId, those, endedAt) {
      if (waiting.ofProject(projectId) > 0) easing.began(projectId, those, endedAt)
    },
    isEased: (call) => easing.isOn(call),
    get queueDepth() {
      return waiting.total
    },
    close: () => passes.close(),
  }
  const whole = { ...core, dispatcher }

  /** What becomes of a call that was not sent goes on by itself. */
  function unsent(row: ExecutionRow, moving: Promise<void>): void {
    moving.catch((error) => log.error({ error, execution_id: row.id }, 'a call that was not sent could not be moved'))
  }

  /** Dispatches the oldest waiting calls that some agent can take now. */
  async function pass(projectId: string): Promise<void> {
    // What no free agent takes must not hold up what stands behind it.
    let last: string | undefined
    const slowed: Reach[] = []
    for (;;) {
      const waitingIn = waiting.workspaces(projectId)
      const rooms = waitingIn
        .filter((id) => !slowed.some((reach) => reach.tool === null && (reach.workspace_id ?? id) === id))
        .map((id) => ({ id, room: fleet.room(projectId, id, rowsPerPass) }))
        .filter(({ room }) => room > 0)
      if (rooms.length === 0) break
      const room = rooms.reduce((sum, one) => sum + one.room, 0)
      const workspaceIds = rooms.map(({ id }) => id)
      const limit = last === undefined ? Math.min(room, rowsPerPass) : rowsPerPass
      const without = [...fleet.stops.of(projectId), ...slowed]
      const rows = await selectQueued(store.db, projectId, workspaceIds, { limit, after: last, without })
      if (rows.length === 0) {
        const seen = new Set(workspaceIds)
        const isSeen = (id: string) => seen.has(id) || !waitingIn.includes(id)
        if (slowed.length === 0) easing.looked(projectId, (id) => (id === null ? waitingIn.every(isSeen) : isSeen(id)))
        break
      }
      last = rows.at(-1)?.id
      // All of them end before the pass does: the next one must not find half of a claim.
      const claims = rows.map((row) => (mustWait(row, slowed) ? undefined : claim(row)))
      const failed = (await Promise.allSettled(claims)).find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    }
    if (slowed.length > 0) clock.after(easing.nextIn(), () => dispatcher.wake(projectId))
    await waiting.recount(projectId)
  }

  /** One that must wait for its turn after a pause, and all behind it that the pause was about. */
  function mustWait(row: ExecutionRow, slowed: Reach[]): boolean {
    if (slowed.some((reach) => reaches(reach, row))) return true
    const slowedBy = easing.slows(row)
    if (slowedBy !== undefined) slowed.push(slowedBy)
    return slowedBy !== undefined
  }

  async function claim(row: ExecutionRow): Promise<void> {
    const changed = whatChanged(core, row)
    if (changed !== undefined) return endChanged(core, row, changed)
    const refusal = row.approval_id === null ? undefined : await refusedNow(core, store.db, row, clock.now())
    if (refusal !== undefined) return endRefused(core, row, refusal)
    const agent = dispatcher.reserve(row, { newcomer: false })
    const { id, attempt, lease_epoch, dispatched_at: at } = row
    if (agent === undefined || at === null) return
    easing.spent(row)
    const item = { id, agent_id: agent.id, attempt, lease_epoch, journal_id: agent.journalId, at }
    const written = await lanes.commit('claim', item).catch((error) => {
      calls.remove(row)
      throw error
    })
    if (!written) return calls.remove(row)
    waiting.count(row, -1)
    dispatcher.send(row)
  }

  return dispatcher
}
