// One call that may run, from its start to its result.
import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { renderArgv, textOf } from '../argv.ts'
import type { Args, Callback, CommandRun, FunctionRun, Invocation, Tool } from '../tool.ts'
import type { Awake } from './awake.ts'
import type { CallFolders } from './call-folders.ts'
import { credentialsFileFor } from './credentials.ts'
import { environmentOf } from './environment.ts'
import { HostUnfit } from './fitness.ts'
import { attemptVariable, executionVariable, journalVariable } from './leftovers.ts'
import { createOutput, type Output } from './output.ts'
import { type Ended, type Ending, endedBy, endedByAnswer, endedByError, endedByExit, isExpected } from './result.ts'
import { runCommand } from './run-command.ts'
import { runFunction } from './run-function.ts'
import type { Strays } from './strays.ts'
import type { ToolsUser } from './tools-user.ts'

export interface CallSurroundings {
  clock: Clock
  log: Log
  credentialsDir: string
  journalId: string
  hostEnv: NodeJS.ProcessEnv
  callback: Callback | undefined
  strays: Strays
  /** Whom programs run as; as the agent unless given. */
  toolsUser: ToolsUser | undefined
  awake: Awake
  folders: CallFolders
  accepted(call: CallRef, startedAt: number): void
  output(frame: OutputFrame | ArtifactFrame): void
  unacknowledgedBytes(executionId: string): number
}

export interface Call {
  readonly frame: DispatchFrame
  readonly ref: CallRef
  readonly tool: Tool
  readonly binding: Binding
  readonly atMostOnce: boolean
  readonly log: Log
  /** Ends it early. The first reason stands, but that nobody wants the result beats all. */
  end(ending: Ending): void
  /**
   * A method: V8 makes a hidden class for each object literal that has a getter, and those live
   * until a full collection.
   */
  ending(): Ending | undefined
  /** Why it could not be started here, though it could elsewhere. There is no result of it then. */
  unstarted(): string | undefined
  /** The router stored some of its output. */
  windowMoved(): void
  /** Runs it. Never rejects. */
  run(): Promise<ResultFrame>
}

export function createCall(
  frame: DispatchFrame,
  { tool, args }: { tool: Tool; args: Args },
  binding: Binding,
  around: CallSurroundings,
): Call {
  const ref: CallRef = { execution_id: frame.execution_id, attempt: frame.attempt, lease_epoch: frame.lease_epoch }
  const log = around.log.with({
    execution_id: frame.execution_id,
    attempt: frame.attempt,
    tool: frame.tool,
    workspace: binding.workspace,
    request_id: frame.request_id,
  })
  const abort = new AbortController()
  const windowListeners = new Set<() => void>()
  let ending: Ending | undefined
  let startedAt: number | null = null
  let unstarted: string | undefined
  /** Of a tool that is one. */
  let programEnded = false
  let began = 0

  /** When it began, by the wall clock. What it takes from then on the monotonic clock says. */
  const begin = (): number => {
    if (startedAt !== null) return startedAt
    began = around.clock.monotonic()
    startedAt = around.clock.now()
    return startedAt
  }
  const finishedAt = () =>
    startedAt === null ? around.clock.now() : Math.round(startedAt + around.clock.monotonic() - began)
  const end = (reason: Ending) => {
    if (ending === undefined || reason === 'forget') ending = reason
    abort.abort()
  }
  const started = () => {
    around.accepted(ref, begin())
    // Reads are many and can be looked for again; where one of these is in progress, somebody may
    // have to know.
    if (frame.at_most_once) log.info({}, 'call started')
    else log.debug({}, 'call started')
  }
  const output = createOutput({
    call: ref,
    clock: around.clock,
    send: around.output,
    unacknowledgedBytes: () => around.unacknowledgedBytes(ref.execution_id),
  })
  const timeoutMs = Math.min(frame.timeout_ms, tool.descriptor.timeout_ms)
  const marks = {
    [journalVariable]: around.journalId,
    [executionVariable]: ref.execution_id,
    [attemptVariable]: String(ref.attempt),
  }

  async function runProgram(
    run: CommandRun,
    program: { program: string; argv: readonly string[]; stdin: string | null },
  ) {
    return await runCommand({
      ...program,
      programDir: run.bundleDir,
      folders: around.folders,
      user: around.toolsUser,
      credentialsFile: credentialsFileFor(tool.credentials, binding, around.credentialsDir),
      environment: (use) =>
        environmentOf(run.environment, around.hostEnv, { ...use, workspace: binding.workspace, marks }),
      clock: around.clock,
      signal: abort.signal,
      write: output.write,
      isOpen: output.isOpen,
      onWindow(callback) {
        windowListeners.add(callback)
        return () => windowListeners.delete(callback)
      },
      // A program that a function runs is not the start of its call.
      started: () => {
        if (startedAt === null) started()
      },
      exited: () => {
        programEnded = tool.run.kind === 'command'
      },
      cut: output.markTruncated,
      async endStrays() {
        const ended = await around.strays.end(ref)
        if (ended > 0) log.warning({ ended }, 'programs that had left the process group of the call were ended')
      },
    })
  }

  async function runTool(): Promise<Ended> {
    const { run } = tool
    if (run.kind === 'command') {
      const stdin = run.stdin?.map((part) =>
        'literal' in part ? part.literal : textOf(part.placeholder, memberOf(args, part.placeholder)),
      )
      const argv = renderArgv(run.command, args)
      const exit = await runProgram(run, { program: run.command.program, argv, stdin: stdin?.join('') ?? null })
      return ending === undefined || ending === 'forget'
        ? endedByExit(exit.exitCode, exit.signal)
        : endedBy(ending, exit)
    }
    const what = invocation(run)
    begin()
    const answer = await runFunction(run, what, { clock: around.clock, started })
    return ending === undefined || ending === 'forget' ? endedByAnswer(answer) : endedBy(ending)
  }

  function invocation(run: FunctionRun): Invocation {
    const command: CommandRun = {
      kind: 'command',
      command: { program: '', steps: [] },
      bundleDir: '/',
      stdin: null,
      environment: run.environment,
    }
    return {
      executionId: ref.execution_id,
      args,
      workspace: binding,
      credentialsFile: credentialsFileFor(tool.credentials, binding, around.credentialsDir),
      timeoutMs,
      signal: abort.signal,
      atMostOnce: frame.at_most_once,
      log,
      write: (stream, text) => void output.write(stream, Buffer.from(text)),
      artifact: output.artifact,
      run: ([program, ...argv]) => runProgram(command, { program: program!, argv, stdin: null }),
      callback: around.callback,
    }
  }

  return {
    frame,
    ref,
    tool,
    binding,
    atMostOnce: frame.at_most_once,
    log,
    end,
    ending: () => ending,
    unstarted: () => unstarted,
    windowMoved: () => {
      for (const listener of windowListeners) listener()
    },
    async run() {
      const giveUpDeadline = around.awake.after(timeoutMs, () => {
        // A program that has ended did so in time. What holds its pipes is not waited for any
        // longer.
        if (programEnded) abort.abort()
        else end('deadline')
      })
      let ended: Ended
      try {
        ended = await runTool()
      } catch (error) {
        if (error instanceof HostUnfit && startedAt === null) unstarted = error.message
        ended = ending === undefined || ending === 'forget' ? endedByError(error) : endedBy(ending)
        if (!isExpected(error)) log.error({ error }, 'tool failed')
      }
      giveUpDeadline()
      return resultOf(ref, ended, startedAt, finishedAt(), output)
    },
  }
}

function resultOf(ref: CallRef, ended: Ended, startedAt: number | null, now: number, output: Output): ResultFrame {
  return { t: 'result', ...ref, ...ended, started_at: startedAt, finished_at: now, ...output.end() }
}
