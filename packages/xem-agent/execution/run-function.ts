// Runs a tool that is a function: a builtin of the agent, or a tool of an MCP server.
import { isDeeperThan } from '@xerotier/protocol/depth.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Answer, FunctionRun, Invocation } from '../tool.ts'
import { jsonText } from './json-text.ts'
import { killGraceMs } from './process-group.ts'

/**
 * @returns its answer. A result beyond the limits is written to stdout instead.
 * @throws what the function throws; Fault `execution_timeout` when it does not end within the grace
 * after an abort.
 */
export async function runFunction(
  run: FunctionRun,
  invocation: Invocation,
  options: { clock: Clock; started(): void },
): Promise<Answer> {
  if (run.needsCallback && invocation.callback === undefined) throw new Fault('router_callback_missing')
  const answering = run.invoke(invocation)
  let answer: Answer
  if (answering instanceof Promise) {
    // One that has its answer already need not say first that it began.
    options.started()
    answer = await raceAbort(answering, invocation.signal, options.clock)
  } else answer = answering
  const tooDeep = isDeeperThan(answer.result, limits.resultDepth)
  const text = jsonText(answer.result)
  if (tooDeep || (text.length * 3 > limits.resultBytes && Buffer.byteLength(text) > limits.resultBytes)) {
    invocation.write('stdout', text)
    return { ...answer, result: null }
  }
  return answer
}

/** A function that ignores its signal is left behind: its slot must not be lost to it. */
function raceAbort(answering: Promise<Answer>, signal: AbortSignal, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const aborted = () => clock.after(killGraceMs, () => reject(new Fault('execution_timeout')))
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
    answering.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
