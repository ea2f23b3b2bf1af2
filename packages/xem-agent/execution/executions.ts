// The calls of this agent: which may start, which run, and how each ends.
import type { Outbox } from '@xerotier/link/outbox.ts'
import type { Reports } from '@xerotier/link/reports.ts'
import { cutText } from '@xerotier/protocol/cut-text.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { SlotMap } from '@xerotier/runtime/slot-map.ts'
import type { Span, Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { Tool } from '../tool.ts'
import { createAwake } from './awake.ts'
import { type Call, type CallSurroundings, createCall } from './call.ts'
import { checkDispatch, type Gate, type Refusal } from './check-dispatch.ts'
import type { Fitness } from './fitness.ts'
import { interruptedResult } from './result.ts'
import { createStrays } from './strays.ts'

interface EndedCall {
  tool: string
  workspace: string
  outcome: string
  seconds: number
  bytes: number
  traceparent: string | null
}

export interface ExecutionMeters {
  started(): void
  ended(call: EndedCall): void
  refused(dispatch: { code: string; workspace: string }): void
}

export interface ExecutionsOptions
  extends Pick<
    CallSurroundings,
    'clock' | 'log' | 'credentialsDir' | 'hostEnv' | 'callback' | 'folders' | 'toolsUser'
  > {
  reports: Reports
  outbox: Pick<Outbox, 'begin' | 'has' | 'acknowledge' | 'journalId'>
  projectId: string
  grantKeys: Gate['grantKeys']
  maxConcurrent: number
  fitness: Pick<Fitness, 'flaw' | 'look'>
  /** The router's time, which grants are dated with. */
  routerNow(): number
  tools(): ReadonlyMap<string, Tool>
  meters: ExecutionMeters
  tracing: Tracing
}

export interface Executions {
  dispatch(frames: readonly DispatchFrame[]): void
  cancel(ref: CallRef): void
  forget(ref: CallRef): void
  bind(bindings: readonly Binding[]): void
  pause(paused: Gate['paused']): void
  outputAcknowledged(ref: CallRef): void
  running(): CallRef[]
  /** Takes nothing new from now on. */
  drain(): void
  /** Resolves when nothing runs. */
  idle(): Promise<void>
  /** Ends what runs as interrupted. */
  interrupt(): void
}

/**
 * Ended at-most-once attempts that are remembered after the outbox forgot them: a late copy of a
 * dispatch starts nothing.
 */
const rememberedAttempts = 4096

export function createExecutions(options: ExecutionsOptions): Executions {
  const { clock, log, reports, outbox, meters, tracing } = options
  const calls = new SlotMap<Call>()
  /**
   * Forgotten, and not yet at their end: the router counts their places as free and may give the
   * next attempt already.
   */
  const forgotten = new Set<Call>()
  const ended = new Set<string>()
  const idleWaiters: (() => void)[] = []
  let bindings: ReadonlyMap<string, Binding> = new Map()
  let paused: Gate['paused'] = []
  let draining = false

  const around: CallSurroundings = {
    ...options,
    journalId: outbox.journalId,
    strays: createStrays(outbox.journalId, options.toolsUser),
    awake: createAwake(clock),
    accepted: (ref, startedAt) => reports.accepted({ t: 'accepted', ...ref, started_at: startedAt }),
    output: (frame) => reports.output(frame),
    unacknowledgedBytes: (id) => reports.unacknowledgedBytes(id),
  }

  function refuse(frame: DispatchFrame, refusal: Refusal): void {
    const { execution_id, attempt, lease_epoch } = frame
    meters.refused({ code: refusal.code, workspace: frame.workspace.workspace })
    log.warning(
      { execution_id, attempt, tool: frame.tool, code: refusal.code, reason: refusal.message },
      'call refused',
    )
    reports.refused({
      t: 'refused',
      execution_id,
      attempt,
      lease_epoch,
      ...refusal,
      message: cutText(refusal.message, 1000),
    })
  }

  /** Whether this attempt started before. It is not started again; one that runs is said to run. */
  function isKnown(frame: DispatchFrame): boolean {
    const running = calls.get(frame.execution_id)
    const same = running !== undefined && running.ref.attempt === frame.attempt
    if (!same && !ended.has(keyOf(frame)) && !outbox.has(frame)) return false
    log.notice(
      { execution_id: frame.execution_id, attempt: frame.attempt },
      'attempt is known, so it is not started again',
    )
    return true
  }

  function dispatch(frames: readonly DispatchFrame[]): void {
    const accepted: Call[] = []
    const { projectId, grantKeys } = options
    const gate = {
      projectId,
      grantKeys,
      tools: options.tools(),
      bindings,
      paused,
      draining,
      unfit: options.fitness.flaw(),
      room: 0,
      now: options.routerNow(),
    }
    for (const frame of frames) {
      if (isKnown(frame)) continue
      gate.room = options.maxConcurrent - calls.size
      const checked = checkDispatch(frame, gate)
      if (checked.refusal !== undefined) refuse(frame, checked.refusal)
      else if (calls.has(frame.execution_id)) {
        refuse(frame, { code: 'agent_refused', message: 'An earlier attempt still runs.', retry: true })
      } else {
        // The binding's credential file is what the router says now.
        const call = createCall({ ...frame, secrets: [] }, checked, frame.workspace, around)
        calls.set(frame.execution_id, call)
        accepted.push(call)
      }
    }
    for (const call of begin(accepted)) void run(call)
  }

  /**
   * Records all at-most-once calls of one message with one disk sync, before any of them starts.
   */
  function begin(accepted: readonly Call[]): readonly Call[] {
    const once = accepted.filter((call) => call.atMostOnce)
    if (once.length === 0) return accepted
    try {
      const known = new Set(outbox.begin(once.map((call) => call.ref)).map(keyOf))
      for (const call of once) if (known.has(keyOf(call.ref))) calls.delete(call.ref.execution_id)
      return accepted.filter((call) => !known.has(keyOf(call.ref)))
    } catch (error) {
      log.critical({ error }, 'the journal cannot be written; calls that may run only once are refused')
      for (const call of once) {
        calls.delete(call.ref.execution_id)
        refuse(call.frame, { code: 'agent_refused', message: 'The agent cannot write its journal.', retry: true })
      }
      return accepted.filter((call) => !call.atMostOnce)
    }
  }

  async function run(call: Call): Promise<void> {
    meters.started()
    const from = clock.monotonic()
    const { execution_id, attempt, tool, workspace, traceparent } = call.frame
    const about = { execution_id, attempt, tool, workspace: workspace.workspace }
    // Without a trace of the router's the agent begins one, under the id that the router's would
    // have.
    const span = tracing.start('execute', traceparent, about, {
      kind: 'consumer',
      traceId: execution_id.replaceAll('-', ''),
    })
    const result = await call.run()
    const ms = clock.monotonic() - from
    if (!forgotten.delete(call)) calls.delete(call.ref.execution_id)
    const unstarted = call.ending() === undefined ? call.unstarted() : undefined
    if (unstarted !== undefined) {
      span?.end({ ok: false, message: 'refused' })
      return handBack(call, unstarted)
    }
    const silent = call.ending() === 'forget' || (call.ending() === 'shutdown' && !call.atMostOnce)
    meters.ended({
      tool: call.tool.descriptor.name,
      workspace: call.binding.workspace,
      outcome: silent ? 'forgotten' : result.outcome,
      seconds: ms / 1000,
      bytes: result.stdout_bytes + result.stderr_bytes,
      traceparent: span?.traceparent ?? traceparent,
    })
    const { outcome, exit_code, signal, truncated } = result
    traceEnd(tracing, span, result, tool)
    call.log.info({ outcome, exit_code, signal, truncated, code: result.error?.code, ms: Math.round(ms) }, 'call ended')
    if (call.atMostOnce) remember(call.ref)
    if (call.ending() === 'forget') outbox.acknowledge(call.ref)
    // A call that may run again is left to the router at shutdown: an interrupted result would make
    // it ambiguous.
    if (!silent) reports.result(result, { durable: call.atMostOnce })
    sayIdle()
  }

  /** Nothing of it started, so another agent may: it is refused, and the journal forgets it. */
  function handBack(call: Call, message: string): void {
    if (call.atMostOnce) outbox.acknowledge(call.ref)
    options.fitness.look()
    refuse(call.frame, { code: 'tool_executor_unavailable', message, retry: true })
    sayIdle()
  }

  function sayIdle(): void {
    if (calls.size + forgotten.size === 0) for (const done of idleWaiters.splice(0)) done()
  }

  function remember(ref: CallRef): void {
    ended.add(keyOf(ref))
    if (ended.size > rememberedAttempts) ended.delete(ended.values().next().value!)
  }

  const find = (ref: CallRef) => {
    const call = calls.get(ref.execution_id)
    return call?.ref.attempt === ref.attempt ? call : undefined
  }

  return {
    dispatch,
    cancel(ref) {
      find(ref)?.log.notice({}, 'call cancelled')
      find(ref)?.end('cancel')
    },
    forget(ref) {
      const call = find(ref)
      if (call === undefined) return
      call.log.notice({}, 'the router no longer wants this call')
      if (call.atMostOnce) remember(ref)
      calls.delete(ref.execution_id)
      forgotten.add(call)
      call.end('forget')
    },
    bind(next) {
      bindings = new Map(next.map((binding) => [binding.workspace_id, binding]))
    },
    pause(next) {
      paused = next
    },
    outputAcknowledged: (ref) => find(ref)?.windowMoved(),
    running: () => calls.values().map((call) => call.ref),
    drain() {
      draining = true
    },
    idle: () =>
      calls.size + forgotten.size === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve)),
    interrupt() {
      for (const call of calls.values()) call.end('shutdown')
    },
  }
}

/** Settles what an earlier process of this agent began and did not end. Before the link starts. */
export function settleInterrupted(outbox: Pick<Outbox, 'interrupted' | 'settle'>, now: number): CallRef[] {
  const calls = outbox.interrupted()
  for (const call of calls) outbox.settle(interruptedResult(call, now), { durable: true })
  return calls
}

/** Ends the span of a call, and makes one of its program or function alone. */
function traceEnd(tracing: Tracing, span: Span | undefined, result: ResultFrame, tool: string): void {
  if (span === undefined) return
  const { execution_id, outcome, started_at, finished_at, exit_code, signal, truncated } = result
  const { stdout_bytes, stderr_bytes } = result
  const ok = outcome === 'completed'
  if (started_at !== null)
    tracing.record('tool', span.traceparent, {
      ...{ from: started_at, to: finished_at, ok, message: result.error?.code ?? outcome },
      attributes: { execution_id, tool, exit_code, signal, stdout_bytes, stderr_bytes, truncated },
    })
  span.end({ ok, message: outcome, attributes: { outcome, exit_code } })
}

function keyOf(ref: CallRef): string {
  return `${ref.execution_id}/${ref.attempt}`
}
