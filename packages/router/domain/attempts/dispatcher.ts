// Gives calls to agents. Postgres is the queue: what waits is read from it, and nothing is lost when this process ends.

import { Fault } from '@xerotier/protocol/errors.ts'
import { countQueued, selectQueued } from '../../store/attempts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { takes } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { Attempts, Dispatcher } from './attempts.ts'
import { whatChanged } from './changed.ts'
import { sendDispatch } from './dispatch.ts'
import { giveUp, requeue } from './unfinished.ts'
import { voidApproved } from './void.ts'

const rowsPerPass = 256
/** After a pass that failed, ms: the next event may be far away. */
const retryMs = 1_000

export function createDispatcher(
  core: Records & FleetView & Pick<Attempts, 'lanes' | 'calls'> & { identity: Identity; settings: Settings },
): Dispatcher {
  /** Calls queued by project and workspace: a hint, corrected after each pass. It keeps newcomers behind those who wait. */
  const waiting = new Map<string, Map<string, number>>()
  /** Calls enqueued and not yet stored: a count from the database does not hold them, and they would never be woken. */
  const entering = new Set<ExecutionRow>()
  /** Counts changes of both: a count from the database that was overtaken by one is not taken over. */
  let changes = 0
  const passes = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let closed = false

  const countOf = (projectId: string) =>
    [...(waiting.get(projectId)?.values() ?? [])].reduce((sum, count) => sum + count, 0)

  function count(row: ExecutionRow, difference: 1 | -1): void {
    changes += 1
    add(row, difference)
  }

  function add({ project_id, workspace_id }: Pick<ExecutionRow, 'project_id' | 'workspace_id'>, calls: number): void {
    const counts = waiting.get(project_id) ?? new Map<string, number>()
    waiting.set(project_id, counts.set(workspace_id, Math.max(0, (counts.get(workspace_id) ?? 0) + calls)))
  }

  const dispatcher: Dispatcher = {
    reserve(row, { newcomer }) {
      if (newcomer && (waiting.get(row.project_id)?.get(row.workspace_id) ?? 0) > 0) return undefined
      const agent = core.fleet.choose(row)
      if (agent === undefined) return undefined
      row.state = 'dispatched'
      row.agent_id = agent.id
      row.attempt += 1
      row.lease_epoch = agent.leaseEpoch
      row.journal_id = agent.journalId
      row.dispatched_at = new Date(core.clock.now())
      row.queue_deadline = null
      core.calls.add({ row, agent, sentAt: 0, missed: 0, outputBytes: 0 })
      return agent
    },
    release(row) {
      if (entering.delete(row)) return count(row, -1)
      core.calls.remove(row)
      dispatcher.wake(row.project_id)
    },
    enqueue(row) {
      const limit = core.settings.queuedPerProject
      if (countOf(row.project_id) >= limit) {
        throw new Fault('capacity_exceeded', {
          message: `The project has ${limit} calls waiting, which is the limit.`,
          retryAfter: 5,
        })
      }
      row.queue_deadline = dispatcher.queueDeadline()
      entering.add(row)
      count(row, 1)
    },
    entered(row) {
      entering.delete(row)
      changes += 1
      dispatcher.wake(row.project_id)
    },
    queued: (row) => count(row, 1),
    queueDeadline: () => new Date(core.clock.now() + core.settings.queueSeconds * 1000),
    send(row) {
      const call = core.calls.get(row.id)
      if (call?.row !== row || core.fleet.get(call.agent.id) !== call.agent) {
        // Its session ended while the row was committed: the frame never left, so even an at-most-once call may go again.
        void requeue(whole, row, 'the agent left before the call was sent').catch((error) =>
          core.log.error({ error, execution_id: row.id }, 'a call could not be queued again'),
        )
        return
      }
      try {
        sendDispatch(core, call.agent, row)
        call.sentAt = core.clock.now()
      } catch (error) {
        const fault = error instanceof Fault ? error : new Fault('internal_error')
        if (!(error instanceof Fault)) core.log.error({ error, execution_id: row.id }, 'a call could not be dispatched')
        const unbound = fault.code === 'tool_executor_unavailable'
        const end = unbound ? requeue(whole, row, fault.message) : giveUp(whole, row, fault.code, fault.message)
        void end.catch((cause) => core.log.error({ error: cause, execution_id: row.id }, 'a call could not be failed'))
      }
    },
    wake(projectId) {
      if (closed) return
      if (countOf(projectId) === 0) return
      if (passes.has(projectId)) {
        again.add(projectId)
        return
      }
      const running = pass(projectId)
        .catch((error) => {
          core.log.error({ error, project_id: projectId }, 'a dispatch pass failed')
          core.clock.after(retryMs, () => dispatcher.wake(projectId))
        })
        .finally(() => {
          passes.delete(projectId)
          if (again.delete(projectId)) dispatcher.wake(projectId)
        })
      passes.set(projectId, running)
    },
    async findWaiting() {
      for (const projectId of await recount()) dispatcher.wake(projectId)
    },
    get queueDepth() {
      return [...waiting.keys()].reduce((sum, projectId) => sum + countOf(projectId), 0)
    },
    async close() {
      closed = true
      await Promise.all(passes.values())
    },
  }

  const whole = { ...core, dispatcher }

  /** Dispatches the oldest waiting calls that some agent can take now. */
  async function pass(projectId: string): Promise<void> {
    // What no free agent takes must not hold up what stands behind it.
    let last: string | undefined
    for (;;) {
      const free = core.fleet.inProject(projectId).filter((agent) => agent.inFlight.size < agent.maxConcurrent)
      const workspaces = new Set(free.flatMap((agent) => [...agent.bindings.keys()].filter((id) => takes(agent, id))))
      const room = free.reduce((sum, agent) => sum + agent.maxConcurrent - agent.inFlight.size, 0)
      if (room === 0 || workspaces.size === 0) break
      const rows = await selectQueued(core.store.db, projectId, [...workspaces], {
        limit: last === undefined ? Math.min(room, rowsPerPass) : rowsPerPass,
        after: last,
      })
      if (rows.length === 0) break
      last = rows.at(-1)?.id
      // All of them end before the pass does: the next one must not find half of a claim.
      const failed = (await Promise.allSettled(rows.map((row) => claim(row)))).find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    }
    await recount(projectId)
  }

  async function claim(row: ExecutionRow): Promise<void> {
    if (row.approval_id !== null) {
      const changed = whatChanged(core, row)
      if (changed !== undefined)
        return voidApproved(core, row, row.approval_id, `${changed} after the call was approved.`)
    }
    const agent = dispatcher.reserve(row, { newcomer: false })
    if (agent === undefined) return
    const written = await core.lanes
      .commit('claim', {
        id: row.id,
        agent_id: agent.id,
        attempt: row.attempt,
        lease_epoch: row.lease_epoch,
        journal_id: agent.journalId,
        at: row.dispatched_at!,
      })
      .catch((error) => {
        core.calls.remove(row)
        throw error
      })
    if (!written) return core.calls.remove(row)
    count(row, -1)
    dispatcher.send(row)
  }

  /** Of one project, or of all. @returns the projects that have calls waiting */
  async function recount(projectId?: string): Promise<Set<string>> {
    const before = changes
    const rows = await countQueued(core.store.db, projectId)
    const projects = new Set(rows.map((row) => row.project_id))
    if (changes !== before) return projects
    if (projectId === undefined) waiting.clear()
    else waiting.delete(projectId)
    for (const row of rows) add(row, row.count)
    for (const row of entering) if (projectId === undefined || row.project_id === projectId) add(row, 1)
    return projects
  }

  return dispatcher
}
