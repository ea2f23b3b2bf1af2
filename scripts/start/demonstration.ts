// What a newcomer sees at work: one real call that runs
// at once, one dangerous call that waits for a person.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Client } from '@xerotier/client/client.ts'
import type { ExecutionEvent } from '@xerotier/protocol/api/executions.ts'
import { type ExecutionState, isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import { guardProcess } from '@xerotier/runtime/guard-process.ts'
import { readNote, type State, writeNote } from './state.ts'

export const demonstrationWorkspace = 'local-host'

export interface Uptime {
  executionId: string
  durationMs: number | null
  result: unknown
}

/**
 * Runs host_uptime and waits for its result in the same request.
 * @throws when it does not complete.
 */
export async function runUptime(client: Client): Promise<Uptime> {
  const execution = await client.call('invocations.submit', {
    query: { wait: 20 },
    body: { workspace: demonstrationWorkspace, tool: 'host_uptime', reason: 'First call of npm start' },
    idempotencyKey: crypto.randomUUID(),
  })
  if (execution.state !== 'completed') {
    throw new Error(`host_uptime is ${execution.state}: ${execution.error?.message ?? 'no error was reported'}`)
  }
  return { executionId: execution.id, durationMs: execution.duration_ms, result: execution.result }
}

export interface Waiting {
  pid: number
  executionId: string
  approvalId: string
  /** Until when it can be approved. */
  deadline: Date
  /**
   * Resolves when the call is over before `withdraw`. `approved`: it has ended the process. Else
   * its state: the process outlived it, and is ended now.
   */
  over: Promise<'approved' | ExecutionState>
  /** Cancels the call, if it still waits, and ends the process. */
  withdraw(): Promise<void>
}

/** Starts a process that does nothing, and asks for leave to kill it. */
export async function askToKill(client: Client, state: State): Promise<Waiting> {
  await cancelOld(client, state)
  const sleeper = spawn('sleep', ['86400'], { stdio: 'ignore', detached: true })
  await once(sleeper, 'spawn')
  sleeper.unref()
  const { pid } = sleeper
  if (pid === undefined) throw new Error('a process that was started has no pid')
  const guard = guardProcess(pid, { signal: 'TERM' })
  sleeper.once('exit', () => guard.kill('SIGKILL'))
  try {
    const {
      id,
      approval_id: approvalId,
      state: now,
    } = await client.call('invocations.submit', {
      body: {
        workspace: demonstrationWorkspace,
        tool: 'host_process_kill',
        // The name guards against a pid that has come round to another process.
        args: { pid, signal: 'TERM', name: 'sleep' },
        reason: `npm start started process ${pid} so that you can approve its end`,
      },
      idempotencyKey: crypto.randomUUID(),
    })
    if (approvalId === null) throw new Error(`host_process_kill waits for nobody: it is ${now}`)
    writeNote(state, 'demonstration', { executionId: id })
    const { expires_at } = await client.call('approvals.show', { params: { id: approvalId } })
    const watching = new AbortController()
    let withdrawn = false
    const exited = once(sleeper, 'exit').then(() => 'approved' as const)
    const over = Promise.race([exited, endWithoutLeave(client, id, watching.signal)]).then((how) => {
      watching.abort()
      end(sleeper)
      return withdrawn ? new Promise<never>(() => {}) : how
    })
    return {
      pid,
      executionId: id,
      approvalId,
      deadline: new Date(expires_at),
      over,
      async withdraw() {
        withdrawn = true
        watching.abort()
        end(sleeper)
        await cancelOld(client, state)
      },
    }
  } catch (error) {
    end(sleeper)
    throw error
  }
}

/** The state in which the call ends, unless it completes: then the process ends too. */
async function endWithoutLeave(client: Client, id: string, signal: AbortSignal): Promise<ExecutionState> {
  try {
    for await (const { data } of client.events('executions.stream', { query: { execution_id: id } }, { signal })) {
      const { state } = JSON.parse(data) as Partial<ExecutionEvent>
      if (state !== undefined && state !== 'completed' && isSettled(state)) return state
    }
  } catch {
    // The router ends, and so does everything else.
  }
  return new Promise(() => {})
}

/** Asks again, for another process: of the first nothing is left. */
export function askAgainLine(xeroctl: string): string {
  return `sleep 86400 & ${xeroctl} exec invoke --workspace ${demonstrationWorkspace} --tool host_process_kill --arg pid=$! --arg name=sleep`
}

function end(sleeper: ChildProcess): void {
  if (sleeper.exitCode === null && sleeper.signalCode === null) sleeper.kill('SIGTERM')
}

/** The call that an earlier start left waiting: its process is gone. */
async function cancelOld(client: Client, state: State): Promise<void> {
  const { executionId } = readNote<{ executionId: string }>(state, 'demonstration')
  if (executionId === undefined) return
  try {
    const { state: now } = await client.call('executions.show', { params: { id: executionId }, timeoutMs: 3000 })
    if (now === 'pending_approval') {
      await client.call('invocations.cancel', { params: { id: executionId }, timeoutMs: 3000 })
    }
  } catch {
    // It expires by itself.
  }
}
