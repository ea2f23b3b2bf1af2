// How a call's end reads in its result frame.
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { type ErrorCode, errors, Fault } from '@xerotier/protocol/errors.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { ArgvError } from '../argv.ts'
import type { Answer } from '../tool.ts'

/** Who ended a call before its time. */
export type Ending = 'deadline' | 'cancel' | 'shutdown' | 'forget'

export type Ended = Pick<ResultFrame, 'outcome' | 'exit_code' | 'signal' | 'error' | 'result'>

const byEnding: Record<Exclude<Ending, 'forget'>, [ResultFrame['outcome'], ErrorCode]> = {
  deadline: ['timeout', 'execution_timeout'],
  cancel: ['cancelled', 'execution_cancelled'],
  shutdown: ['interrupted', 'execution_interrupted'],
}

/** A call that somebody ended, however its process then ended. */
export function endedBy(
  ending: Exclude<Ending, 'forget'>,
  exit?: { exitCode: number | null; signal: string | null },
): Ended {
  const [outcome, code] = byEnding[ending]
  return {
    outcome,
    exit_code: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    error: { code, message: errors[code].message },
    result: null,
  }
}

export function endedByExit(exitCode: number | null, signal: string | null): Ended {
  if (exitCode === 0) return { outcome: 'completed', exit_code: 0, signal: null, error: null, result: null }
  const message =
    signal === null ? `The program ended with exit code ${exitCode}.` : `The program was ended by ${signal}.`
  return { ...failed('execution_failed', message), exit_code: exitCode, signal }
}

export function endedByAnswer(answer: Answer): Ended {
  const exit_code = answer.exitCode ?? null
  if (answer.failed === undefined) {
    return { outcome: 'completed', exit_code, signal: null, error: null, result: answer.result ?? null }
  }
  return { ...failed('execution_failed', answer.failed), exit_code, result: answer.result ?? null }
}

/** Only a Fault speaks to the caller; any other error is the log's (law L7). */
export function endedByError(error: unknown): Ended {
  if (error instanceof Fault && error.code === 'execution_interrupted') {
    return { ...failed(error.code, error.message), outcome: 'interrupted' }
  }
  if (error instanceof Fault) return failed(error.code, error.message)
  if (error instanceof ArgvError) return failed('invalid_arguments', `The ${error.message}.`)
  return failed('execution_failed', 'The tool failed inside the agent; the log of the agent says why.')
}

export function isExpected(error: unknown): boolean {
  return error instanceof Fault || error instanceof ArgvError
}

function failed(code: ErrorCode, message: string): Ended {
  return {
    outcome: 'failed',
    exit_code: null,
    signal: null,
    error: { code, message: cutText(message, 4000) },
    result: null,
  }
}

/** The result of a call whose process did not survive the agent. */
export function interruptedResult(call: CallRef, now: number): ResultFrame {
  return {
    t: 'result',
    ...call,
    ...endedBy('shutdown'),
    started_at: null,
    finished_at: now,
    stdout_bytes: 0,
    stderr_bytes: 0,
    truncated: false,
  }
}
